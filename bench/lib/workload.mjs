// The peers' workload W and their reference, read from where they lie.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS } from './dist.mjs';

const SEED = 1;

/** The three rules of W as documents: what is detected, and nothing owed. */
export const RULES = [
  {
    kind: 'Rule',
    id: 'r1',
    title: 'More than two per cent of the time watched was rebuffering',
    detect: {
      type: 'event',
      event: 'quality.playback.ended',
      by: 'data.sessionId',
      let: { rebuffered: 'data.rebufferMs / data.watchedMs' },
      where: { rebuffered: { gt: 0.02 } },
    },
    pay: { as: 'nothing' },
  },
  {
    kind: 'Rule',
    id: 'r2',
    title: 'Not delivered by the promised moment',
    detect: {
      type: 'deadline',
      start: 'delivery.promised',
      expect: 'delivery.delivered',
      by: 'data.orderId',
      due: 'data.promisedBy',
    },
    pay: { as: 'nothing' },
  },
  {
    kind: 'Rule',
    id: 'r3',
    title: 'Three bad playbacks within 24 hours',
    detect: {
      type: 'window',
      event: 'quality.playback.ended',
      by: 'data.customerId',
      over: '24h',
      let: { rebuffered: 'data.rebufferMs / data.watchedMs' },
      where: { rebuffered: { gt: 0.02 } },
      measure: 'count',
      is: { gte: 3 },
    },
    pay: { as: 'nothing' },
  },
];

/**
 * W's events, each with the CloudEvents attribute that says whose it is (W has that in its data and in
 * the Kafka key). The clock ticks at W's end are left out: the wall clock does their work.
 */
export async function workload(n) {
  const { generate } = await peers('lib/workload.mjs');
  const events = generate(n, SEED).map(({ key, value }) => ({
    ...JSON.parse(value),
    customerid: key,
  }));
  const lastMs = Date.parse(events.at(-1).time);
  if (lastMs > Date.now()) throw new Error('W lies in the future of this machine’s clock');
  return events;
}

/** The set of `rule|subject` that is right, by the peers' own reference. */
export async function referenceSet(events) {
  const { reference } = await peers('reference.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'amends-w-'));
  try {
    const file = join(folder, 'w.jsonl');
    writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    return await reference(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function peers(path) {
  return import(pathToFileURL(join(PEERS, path)).href);
}
