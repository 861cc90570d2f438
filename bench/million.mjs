// A million open deadlines, and 100,000 of them due in the same instant while other events keep coming:
// how long the deadlines take to drain, and what that does to the events meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { withApps } from './lib/apps.mjs';
import { withBroker } from './lib/broker.mjs';
import { withPool, withPostgres } from './lib/database.mjs';
import { readTimes, withHistoryAsWritten } from './lib/read-times.mjs';
import { OpenLoop } from './lib/open-loop.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, peakMiB } from './lib/processes.mjs';
import { promise, RULE } from './lib/promised-orders.mjs';
import { record } from './lib/results.mjs';
import { goLive, withService } from './lib/service.mjs';
import { percentile, significant } from './lib/stats.mjs';
import { createTopic, produce } from './lib/topics.mjs';

const PARTITIONS = 6;
const SLICE = 50_000;
const DAY_MS = 86_400_000;
/** What the rule waits for after the promised moment. */
const GRACE_MS = 1_000;
/** Measured before the deadlines fall due, to compare with. */
const CALM_SECONDS = 20;
/** How long the burst may take to be read before it falls due. */
const AHEAD_MS = 5_000;

/** Something for the events of the load to be evaluated by. */
const WATCHED = {
  kind: 'Rule',
  id: 'bench-stall',
  title: 'A playback that stalled for most of its time',
  detect: {
    type: 'event',
    event: 'quality.playback.ended',
    by: 'data.session_id',
    where: { 'data.stalled_ms': { gte: 100_000 } },
  },
  pay: { as: 'nothing' },
};

export async function run(args) {
  const options = readOptions(args, { open: 1_000_000, due: 100_000, rate: 2_000, detectors: 1 });
  const settings = { track_commit_timestamp: 'on' };
  await withPostgres(
    (server) => withBroker((broker) => measure(server, broker, options)),
    settings,
  );
}

async function measure(server, broker, options) {
  const { open, due, rate, detectors } = options;
  await server.ensureDatabase('million');
  const databaseUrl = server.url('million');
  await withService({ DATABASE_URL: databaseUrl }, async ({ api }) => {
    await goLive(api, RULE);
    await goLive(api, WATCHED);
  });
  for (const topic of ['delivery.events', 'quality.events']) {
    await createTopic(broker, topic, PARTITIONS);
  }
  await withApps({ databaseUrl, broker, detectors }, (apps) =>
    withPool(databaseUrl, (pool) =>
      withHistoryAsWritten(pool, async () => {
        const startedMs = Date.now();
        await promiseMany(broker, 'far', open, (number) => startedMs + 30 * DAY_MS + number);
        await untilTimers(pool, open);
        const openedMs = Date.now() - startedMs;
        await pool.query('vacuum analyze');

        const load = new Playbacks(broker, rate);
        const producing = load.loop.run();
        await sleep(5_000);
        const calmMs = Date.now();
        await sleep(1000 * CALM_SECONDS);
        const burstMs = Date.now();
        // Known once it is read; all of it falls due in the same instant.
        const dueAtMs = burstMs + AHEAD_MS + Math.ceil(due / 5);
        await promiseMany(broker, 'due', due, () => dueAtMs);
        await untilTimers(pool, open + due);
        if (Date.now() > dueAtMs) throw new Error('opening took longer than the deadlines ran');
        const cpu = () => [...apps.map(({ child }) => child.pid)].map((pid) => cpuSeconds([pid]));
        await sleep(dueAtMs + GRACE_MS - Date.now());
        const before = [cpu(), familyCpuSeconds(server.pid)];
        const { firstMs, lastMs } = await drained(pool, due, dueAtMs + GRACE_MS);
        const drainSeconds = lastMs / 1000;
        const used = cpu().map((seconds, index) => seconds - before[0][index]);
        const postgres = familyCpuSeconds(server.pid) - before[1];
        await sleep(10_000);
        load.loop.stop();
        await producing;
        await sleep(3_000);
        const spans = await load.spans(pool);
        const within = (fromMs, toMs) => {
          const values = spans.filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs);
          return [0.5, 0.99, 1]
            .map((share) =>
              Math.round(
                percentile(
                  values.map(({ ms }) => ms),
                  share,
                ),
              ),
            )
            .join(' / ');
        };
        const fireMs = dueAtMs + GRACE_MS;
        record('million', options, {
          'opened, per second (not a bench of it)': Math.round((1000 * open) / openedMs),
          'due → first and last incident, ms': `${firstMs} / ${lastMs}`,
          'deadlines fired per second': Math.round(due / drainSeconds),
          'CPU s while draining: detectors, PostgreSQL': `${used.map((s) => significant(s)).join('+')}, ${significant(postgres)}`,
          'event latency ms p50 / p99 / max: before': within(calmMs, burstMs),
          'event latency ms p50 / p99 / max: while 100,000 deadlines are read': within(
            burstMs,
            fireMs,
          ),
          'event latency ms p50 / p99 / max: while they drain': within(fireMs, fireMs + lastMs),
          'event latency ms p50 / p99 / max: after': within(fireMs + lastMs, Infinity),
          'events of the load, and not read': `${load.dueMs.size}, ${load.dueMs.size - spans.length}`,
          'incidents beside those due': await others(pool),
          'peak RSS MiB, each detector': apps.map(({ child }) => peakMiB(child.pid)).join(' '),
        });
      }),
    ),
  );
}

async function promiseMany(broker, name, count, dueMs) {
  for (let start = 0; start < count; start += SLICE) {
    const size = Math.min(SLICE, count - start);
    const records = Array.from({ length: size }, (_, index) => {
      const event = promise(
        `${name}${start + index}`,
        start + index,
        Date.now(),
        dueMs(start + index),
      );
      return { key: event.customerid, value: JSON.stringify(event) };
    });
    await produce(broker, 'delivery.events', records);
  }
}

async function untilTimers(pool, count) {
  for (;;) {
    const { rows } = await pool.query('select count(*)::int as open from timer');
    if (rows[0].open >= count) return;
    await sleep(500);
  }
}

/** Since the instant they could be known, ms: until the first incident and the last, by their commits. */
async function drained(pool, count, sinceMs) {
  for (;;) {
    const { rows } = await pool.query(
      'select count(*)::int as n from incident where lane = 0 and rule_id = $1',
      [RULE.id],
    );
    if (rows[0].n >= count) break;
    await sleep(250);
  }
  const { rows } = await pool.query(
    `select min(pg_xact_commit_timestamp(xmin)) as first, max(pg_xact_commit_timestamp(xmin)) as last
     from incident where rule_id = $1`,
    [RULE.id],
  );
  return { firstMs: rows[0].first.getTime() - sinceMs, lastMs: rows[0].last.getTime() - sinceMs };
}

async function others(pool) {
  const { rows } = await pool.query(
    `select count(*)::int as n from incident where rule_id <> $1 or key not like '"due%'`,
    [RULE.id],
  );
  return rows[0].n;
}

/** Playbacks that nothing is wrong with. */
class Playbacks {
  dueMs = new Map();

  constructor(broker, rate) {
    const make = (number, dueMs) => {
      const id = `p${number}`;
      this.dueMs.set(id, dueMs);
      return {
        specversion: '1.0',
        id,
        source: '/bench',
        type: 'quality.playback.ended',
        time: new Date(dueMs).toISOString(),
        subject: `session/${id}`,
        customerid: `c${number % 20_000}`,
        data: { session_id: id, stalled_ms: number % 1_000, watched_ms: 3_600_000 },
      };
    };
    this.loop = new OpenLoop({ broker, topicOf: () => 'quality.events', rate, make });
  }

  /** From when each was due to leave to the commit of what read it. */
  async spans(pool) {
    const times = await readTimes(pool, ({ type }) => type === 'quality.playback.ended');
    return [...times].map(([id, atMs]) => {
      const dueMs = this.dueMs.get(id);
      return { dueMs, ms: atMs - dueMs };
    });
  }
}
