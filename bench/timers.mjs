// A million open deadlines: what they cost while nothing is due, and how soon an incident follows when
// ten thousand fall due within one second.
import { setTimeout as sleep } from 'node:timers/promises';
import { withPool, withPostgres } from './lib/database.mjs';
import { loadLog } from './lib/load-log.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, peakMiB, residentMiB } from './lib/processes.mjs';
import { promise, RULE } from './lib/promised-orders.mjs';
import { record } from './lib/results.mjs';
import { goLive, withDetector, withService } from './lib/service.mjs';
import { percentile, significant } from './lib/stats.mjs';

const SLICE = 100_000;
const LATENESS_MS = 1_000;

export async function run(args) {
  const options = readOptions(args, { open: 1_000_000, due: 10_000, idleSeconds: 120 });
  await withPostgres(async (server) => {
    await server.ensureDatabase('timers');
    const url = server.url('timers');
    await withService({ DATABASE_URL: url }, ({ api }) => goLive(api, RULE));
    await withDetector(url, async ({ child }) => {
      const figures = await withPool(url, (pool) => measure(pool, url, child, server, options));
      record('timers', options, figures);
    });
  });
}

async function measure(pool, url, child, server, options) {
  const startedAtMs = Date.now();
  await open(url, options.open, (number) => startedAtMs + 30 * 86_400_000 + number);
  await untilTimers(pool, options.open);
  const openedMs = Date.now() - startedAtMs;
  await pool.query('vacuum analyze');
  await sleep(15_000);

  const idle = await idling(child, server, options.idleSeconds);
  const latencies = await burst(pool, url, options.due);
  const p = (share) => Math.round(percentile(latencies, share));
  return {
    'opened, per second (not a bench of it)': Math.round((1000 * options.open) / openedMs),
    'idle: detector CPU seconds per minute': idle.detector,
    'idle: PostgreSQL CPU seconds per minute': idle.postgres,
    'idle: detector RSS MiB': residentMiB(child.pid),
    'detector: peak RSS MiB': peakMiB(child.pid),
    'due → incident, of those due in one second': latencies.length,
    'due → incident ms p50 / p99 / max': `${p(0.5)} / ${p(0.99)} / ${p(1)}`,
  };
}

/** Promises of so many orders, each due when `dueMs` says. */
async function open(url, count, dueMs, prefix = 'o') {
  const nowMs = Date.now();
  for (let start = 0; start < count; start += SLICE) {
    const size = Math.min(SLICE, count - start);
    const events = Array.from({ length: size }, (_, index) => {
      const number = start + index;
      return promise(`${prefix}${number}`, number, nowMs - 1_000, dueMs(number));
    });
    await loadLog(url, events);
  }
}

async function untilTimers(pool, count) {
  for (;;) {
    const { rows } = await pool.query('select count(*)::int as open from timer');
    if (rows[0].open >= count) return;
    await sleep(1_000);
  }
}

async function idling(child, server, seconds) {
  const postgres = () => familyCpuSeconds(server.pid);
  const before = [cpuSeconds([child.pid]), postgres()];
  await sleep(1000 * seconds);
  const perMinute = (used) => significant((60 * used) / seconds);
  return {
    detector: perMinute(cpuSeconds([child.pid]) - before[0]),
    postgres: perMinute(postgres() - before[1]),
  };
}

/**
 * Due means: the promised moment and the rule's lateness have passed, so the incident could be known. An
 * incident counts from the commit that shows it. Only their number is looked at, which costs little: the
 * k-th to be seen is set against the k-th to fall due.
 */
async function burst(pool, url, count) {
  const firstDueMs = Date.now() + 20_000;
  const dueMs = (number) => firstDueMs + Math.floor((1000 * number) / count);
  const { rows } = await pool.query('select count(*)::int as before from timer');
  await open(url, count, dueMs, 'due');
  await untilTimers(pool, rows[0].before + count);
  if (Date.now() > firstDueMs) throw new Error('opening the deadlines took longer than they ran');

  const latencies = [];
  while (latencies.length < count) {
    const found = await pool.query('select count(*)::int as n from incident where rule_id = $1', [
      RULE.id,
    ]);
    const nowMs = Date.now();
    while (latencies.length < found.rows[0].n) {
      latencies.push(nowMs - dueMs(latencies.length) - LATENESS_MS);
    }
    if (nowMs > firstDueMs + 120_000) throw new Error(`${latencies.length} of ${count} incidents`);
    await sleep(10);
  }
  return latencies;
}
