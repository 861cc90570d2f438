// The peers' workload W and their reference, read from where they lie.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS, ROOT } from './dist.mjs';

const { parse } = createRequire(import.meta.url)('yaml');

const SEED = 1;

/** The three rules of W as documents: what is detected, and nothing owed. */
export const RULES = ['r1', 'r2', 'r3'].map((id) =>
  parse(readFileSync(join(ROOT, 'bench', 'lib', 'w', `${id}.yaml`), 'utf8')),
);

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
