// How many events a second the detector takes out of the embedded log, with the three rules of W, beside
// a bare loop that reads the same log and writes the same rows by hand. Both must find what the peers'
// reference finds.
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { cloneDatabase, withPool, withPostgres } from './lib/database.mjs';
import { appMain, ROOT } from './lib/dist.mjs';
import { loadLog } from './lib/load-log.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, peakMiB, startNode, stop } from './lib/processes.mjs';
import { record } from './lib/results.mjs';
import { detectorEnv, freePort, goLive, withService } from './lib/service.mjs';
import { median, significant } from './lib/stats.mjs';
import { referenceSet, RULES, workload } from './lib/workload.mjs';

const POLL_MS = 100;
const STALLED_MS = 120_000;

export async function run(args) {
  const options = readOptions(args, { events: 300_000, runs: 3 });
  const events = await workload(options.events);
  const reference = await referenceSet(events);
  await withPostgres(async (server) => {
    await prepare(server, events);
    const amends = [];
    const bare = [];
    // In turns, so that what else the machine does falls on both alike.
    for (let turn = 1; turn <= options.runs; turn += 1) {
      amends.push(await once(server, 'amends', appMain('detector'), events.length, reference));
      bare.push(
        await once(
          server,
          'bare',
          join(ROOT, 'bench/bare/bare-loop.mjs'),
          events.length,
          reference,
        ),
      );
    }
    record('throughput', options, figuresOf(amends, bare, reference));
  });
}

function figuresOf(amends, bare, reference) {
  const rate = (runs) => Math.round(median(runs.map((one) => one.rate)));
  const each = (runs, name) => runs.map((one) => one[name]).join(' ');
  return {
    'amends: events per second, median': rate(amends),
    'amends: each run': each(amends, 'rate'),
    'bare: events per second, median': rate(bare),
    'bare: each run': each(bare, 'rate'),
    'amends to bare, median of runs': significant(
      median(amends.map((one, index) => one.rate / bare[index].rate)),
    ),
    'reference: detections': reference.count,
    'amends: exact runs': `${amends.filter((one) => one.exact).length} of ${amends.length}`,
    'bare: exact runs': `${bare.filter((one) => one.exact).length} of ${bare.length}`,
    'amends: CPU µs per event, process': each(amends, 'cpuUs'),
    'bare: CPU µs per event, process': each(bare, 'cpuUs'),
    'amends: CPU µs per event, PostgreSQL': each(amends, 'postgresUs'),
    'bare: CPU µs per event, PostgreSQL': each(bare, 'postgresUs'),
    'amends: peak RSS MiB': each(amends, 'peakMiB'),
    'bare: peak RSS MiB': each(bare, 'peakMiB'),
  };
}

/** A database with the rules live and the log full, to be cloned for every run. */
async function prepare(server, events) {
  await server.ensureDatabase('loaded');
  const url = server.url('loaded');
  await withService({ DATABASE_URL: url }, async ({ api }) => {
    for (const rule of RULES) await goLive(api, rule);
  });
  await loadLog(url, events);
  await withPool(url, async (pool) => {
    // W is twelve days' backlog to us: as if nothing had been read since before it began. Else every
    // deadline of it, being long over, would be due before its delivery can have been read.
    await pool.query('truncate topic_clock');
    await pool.query('vacuum analyze');
  });
}

async function once(server, name, file, eventCount, reference) {
  await cloneDatabase(server, 'loaded', 'run');
  const url = server.url('run');
  return withPool(url, async (pool) => {
    const postgresBefore = familyCpuSeconds(server.pid);
    const child = startNode(file, detectorEnv(url, await freePort()));
    const { seconds, cpu, peak } = await drained(pool, child, eventCount, reference);
    await sleep(1_000);
    const found = await foundSet(pool);
    await stop(child);
    const postgres = familyCpuSeconds(server.pid) - postgresBefore;
    const wrong = differences(found, reference.det);
    if (wrong.length > 0) console.log(`  ${name} differs: ${wrong.slice(0, 5).join(' ')} …`);
    const one = {
      rate: Math.round(eventCount / seconds),
      exact: wrong.length === 0,
      cpuUs: significant((1e6 * cpu) / eventCount),
      postgresUs: significant((1e6 * postgres) / eventCount),
      peakMiB: peak,
    };
    console.log(`  ${name}: ${JSON.stringify(one)}`);
    return one;
  });
}

/** From the first position that moved to the last incident. */
async function drained(pool, child, eventCount, reference) {
  let startedAtMs;
  let lastMoveMs = Date.now();
  let seen = '';
  let cpu = 0;
  let peak = 0;
  for (;;) {
    // The bare loop ends when it is done, and then nobody can be asked any more.
    cpu = Math.max(cpu, cpuSeconds([child.pid]));
    peak = Math.max(peak, peakMiB(child.pid));
    const { rows } = await pool.query(
      `select coalesce(sum(next_offset), 0)::int as read, (select count(*)::int from incident
         where lane = 0) as found from stream_position`,
    );
    const { read, found } = rows[0];
    const nowMs = Date.now();
    if (startedAtMs === undefined && read > 0) startedAtMs = nowMs - POLL_MS / 2;
    if (`${read} ${found}` !== seen) lastMoveMs = nowMs;
    seen = `${read} ${found}`;
    if (read >= eventCount && found >= reference.count) {
      return { seconds: (nowMs - startedAtMs) / 1000, cpu, peak };
    }
    if (child.exitCode ?? child.signalCode) {
      throw new Error(`it ended (${child.exitCode ?? child.signalCode}) at ${seen}`);
    }
    if (nowMs - lastMoveMs > STALLED_MS) throw new Error(`stands still at ${seen}`);
    await sleep(POLL_MS);
  }
}

function differences(found, right) {
  const missing = [...right].filter((it) => !found.has(it)).map((it) => `-${it}`);
  const extra = [...found].filter((it) => !right.has(it)).map((it) => `+${it}`);
  return [...missing, ...extra];
}

async function foundSet(pool) {
  const { rows } = await pool.query(`select upper(rule_id) || '|' || (key::jsonb #>> '{}') as it
    from incident where lane = 0`);
  return new Set(rows.map(({ it }) => it));
}
