// How many wallet credits a second are decided and paid by eight deciders in two remedies, what one costs, and how
// long it takes. Variants run in turns in one run, each in a database of its own, so that their ratios hold whatever
// else the machine does: without a budget; all in one hot budget; a budget for each shard, which nobody shares; and
// without the audit's chain or the ledger's triggers, which only a bench may do without.
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase, withPool, withPostgres } from './lib/database.mjs';
import {
  PAID_MINOR,
  queueDecisions,
  saveRule,
  shardOf,
  writeIncidents,
  writeToDecide,
} from './lib/decisions.mjs';
import { appMain, library } from './lib/dist.mjs';
import { histogramSum } from './lib/metrics.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, startNode, stop } from './lib/processes.mjs';
import { record } from './lib/results.mjs';
import { freePort, readyAt } from './lib/service.mjs';
import { countStatements, printStatements } from './lib/statements.mjs';
import { median, percentile, significant } from './lib/stats.mjs';

const EMPTY = 'decide_empty';
const POLL_MS = 20;
const PATIENCE_MS = 60_000;
/** As `SealAudit` locks: whoever holds it keeps the chain from growing. */
const SEAL_LOCK = 4_207_030;
const CURRENCIES = 'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS INR MXN NOK NZD SEK'.split(' ');

const VARIANTS = {
  'no budget': {},
  'one hot budget': { budgets: ['EUR'] },
  'a budget per shard': { budgets: CURRENCIES, isSpread: true },
  'no audit chain': { isUnchained: true },
  'no ledger triggers': { isUnguarded: true },
};

export async function run(args) {
  const options = readOptions(args, {
    credits: 20_000,
    warmup: 2_000,
    rounds: 3,
    remedies: 2,
    rate: 200,
    seconds: 60,
    variants: Object.keys(VARIANTS).join(','),
  });
  const names = options.variants.split(',').filter((name) => name in VARIANTS);
  if (names.length > 0) await withPostgres((server) => throughput(server, options, names));
  if (options.seconds > 0) {
    // The commit of the decision is when the money is there; PostgreSQL says when that was.
    await withPostgres((server) => latency(server, options), { track_commit_timestamp: 'on' });
  }
}

async function throughput(server, options, names) {
  await makeEmpty(server);
  const rounds = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const figures = {};
    for (const name of names) figures[name] = await measure(server, options, VARIANTS[name]);
    rounds.push(figures);
  }
  const of = (name, what) => median(rounds.map((figures) => figures[name][what]));
  const over = (name, what) =>
    median(rounds.map((figures) => figures[name][what] / figures[names[0]][what]));
  const figures = {};
  for (const name of names) {
    figures[`${name}: credits a second`] = Math.round(of(name, 'rate'));
    figures[`${name}: batch of decisions, ms mean`] = significant(of(name, 'batchMs'));
    figures[`${name}: CPU µs per credit, remedies`] = Math.round(of(name, 'nodeUs'));
    figures[`${name}: CPU µs per credit, PostgreSQL`] = Math.round(of(name, 'pgUs'));
    if (name === names[0]) continue;
    figures[`${name}: rate; CPU over those of ${names[0]}`] =
      `${significant(over(name, 'rate'))}; ${significant(over(name, 'cpuUs'))}`;
  }
  record('decide', options, figures);
}

async function makeEmpty(server) {
  await server.ensureDatabase(EMPTY);
  await library('persistence').migrate(server.url(EMPTY));
}

async function measure(server, options, variant) {
  const name = 'decide_run';
  await cloneDatabase(server, EMPTY, name);
  return withPool(server.url(name), async (pool) => {
    await saveRule(pool);
    for (const currency of variant.budgets ?? []) {
      await pool.query(
        `insert into budget (id, currency, period, limit_minor) values ($1, $2, 'ever', $3)`,
        [currency.toLowerCase(), currency, (options.credits + options.warmup) * PAID_MINOR],
      );
    }
    if (variant.isUnguarded) {
      await pool.query('alter table ledger_tx disable trigger user');
      await pool.query('alter table ledger_entry disable trigger user');
    }
    const keeper = await pool.connect();
    if (variant.isUnchained) await keeper.query(`select pg_advisory_lock(${SEAL_LOCK})`);
    try {
      return await withRemedies(server.url(name), options.remedies, async (remedies) => {
        await decideAll(pool, orders('warm', options.warmup, variant), variant);
        await countStatements(pool);
        const before = await snapshot(server, remedies);
        const rate = await decideAll(pool, orders('paid', options.credits, variant), variant);
        const after = await snapshot(server, remedies);
        await printStatements(pool, options.credits);
        await check(pool, options, variant);
        const per = (what) => (1e6 * (after[what] - before[what])) / options.credits;
        return {
          rate,
          batchMs: (1000 * (after.sum - before.sum)) / (after.count - before.count),
          nodeUs: per('node'),
          pgUs: per('pg'),
          cpuUs: per('node') + per('pg'),
        };
      });
    } finally {
      keeper.release(true);
    }
  });
}

async function withRemedies(url, count, work) {
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const children = ports.map((port) =>
    startNode(appMain('remedy'), { DATABASE_URL: url, PORT: String(port), LOG_LEVEL: 'warn' }),
  );
  try {
    await Promise.all(ports.map(readyAt));
    return await work({ children, ports });
  } finally {
    await Promise.all(children.map((child) => stop(child)));
  }
}

/** Twice as many customers as a shard's batch holds, and more: hardly anybody is paid twice in one. */
function orders(prefix, count, { isSpread = false }) {
  return Array.from({ length: count }, (_, number) => {
    const customer = `${prefix}-${number}`;
    const currency = isSpread ? CURRENCIES[shardOf(customer)] : 'EUR';
    return { order: customer, customer, currency };
  });
}

/** Lets all be decided at once; answers how many a second were paid, when the last is linked in the chain. */
async function decideAll(pool, list, { isUnchained = false }) {
  await writeIncidents(pool, list);
  await pool.query('vacuum analyze');
  const paidBefore = await countPaid(pool);
  await queueDecisions(pool);
  const queuedMs = performance.now();
  await until(async () => (await countPaid(pool)) >= paidBefore + list.length);
  const seconds = (performance.now() - queuedMs) / 1000;
  if (!isUnchained) await until(() => isChained(pool));
  return list.length / seconds;
}

async function countPaid(pool) {
  const { rows } = await pool.query('select count(*)::int as n from ledger_tx');
  return rows[0].n;
}

async function isChained(pool) {
  const { rows } = await pool.query(
    `select (select max(seq) from audit) = (select max(seq) from audit_seal) as done`,
  );
  return rows[0].done;
}

async function until(isSo) {
  const giveUpAtMs = Date.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (Date.now() > giveUpAtMs) throw new Error('it takes too long');
    await sleep(POLL_MS);
  }
}

async function snapshot(server, { children, ports }) {
  const batches = await Promise.all(
    ports.map((port) => histogramSum(port, 'amends_decision_seconds')),
  );
  const total = (what) => batches.reduce((sum, one) => sum + one[what], 0);
  return {
    node: cpuSeconds(children.map(({ pid }) => pid)),
    pg: familyCpuSeconds(server.pid),
    sum: total('sum'),
    count: total('count'),
  };
}

/** To the cent: what was measured was right. */
async function check(pool, { credits, warmup }, { budgets }) {
  const { rows } = await pool.query(
    `select (select sum(balance_minor) from wallet_balance)::bigint as paid,
       (select sum(spent_minor) from budget)::bigint as spent`,
  );
  const due = BigInt((credits + warmup) * PAID_MINOR);
  if (BigInt(rows[0].paid) !== due) throw new Error(`${rows[0].paid} were paid, ${due} were due`);
  if (budgets && BigInt(rows[0].spent) !== due) throw new Error(`spent: ${rows[0].spent}`);
}

/** Open loop: incidents are written by the clock, and a late write counts from when it was due. */
async function latency(server, options) {
  await makeEmpty(server);
  const url = server.url(EMPTY);
  await withPool(url, async (pool) => {
    await saveRule(pool);
    await withRemedies(url, options.remedies, async ({ children }) => {
      await decideAll(pool, orders('warm', options.warmup, {}), {});
      const before = [cpuSeconds(children.map(({ pid }) => pid)), familyCpuSeconds(server.pid)];
      const written = await writeByTheClock(pool, options);
      await until(async () => (await countPaid(pool)) >= options.warmup + written.size);
      const after = [cpuSeconds(children.map(({ pid }) => pid)), familyCpuSeconds(server.pid)];
      const { rows } = await pool.query(
        `select i.key::jsonb #>> '{}' as order, t.posted_at as taken,
           pg_xact_commit_timestamp(c.xmin) as paid
         from compensation c join incident i on i.id = c.incident_id
         join ledger_tx t on t.compensation_id = c.id and t.kind = 'settle'`,
      );
      const spans = rows.flatMap(({ order, taken, paid }) => {
        const at = written.get(order);
        if (at === undefined) return [];
        return [{ write: at.doneMs - at.dueMs, taken: taken - at.doneMs, paid: paid - at.dueMs }];
      });
      const three = (what) => {
        const values = spans.map((span) => span[what]);
        return [0.5, 0.99, 1].map((share) => Math.round(percentile(values, share))).join(' / ');
      };
      record('decide: latency', options, {
        'incidents decided and credited': spans.length,
        'ms p50 / p99 / max: due → written': three('write'),
        'ms p50 / p99 / max: written → its decision begins': three('taken'),
        'ms p50 / p99 / max: due → wallet credited (committed)': three('paid'),
        'remedies: CPU share of a core': significant((after[0] - before[0]) / options.seconds),
        'PostgreSQL: CPU share of a core': significant((after[1] - before[1]) / options.seconds),
      });
    });
  });
}

async function writeByTheClock(pool, { rate, seconds }) {
  const written = new Map();
  const writes = [];
  const startMs = Date.now() + 100;
  for (let number = 0; number < rate * seconds;) {
    const dueMs = startMs + (1000 * number) / rate;
    const aheadMs = dueMs - Date.now();
    if (aheadMs > 0) {
      await sleep(aheadMs);
      continue;
    }
    const order = `live-${number}`;
    const write = writeToDecide(pool, [{ order, customer: order }]);
    writes.push(write.then(() => written.set(order, { dueMs, doneMs: Date.now() })));
    number += 1;
  }
  await Promise.all(writes);
  return written;
}
