// How many wallet credits a second are decided and paid, and how long each decision takes, with eight deciders in
// two remedies; and the same where all count in one budget, whose row every one of them has to change.
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase, withPool, withPostgres } from './lib/database.mjs';
import { appMain, library } from './lib/dist.mjs';
import { readOptions } from './lib/options.mjs';
import { familyCpuSeconds, startNode, stop } from './lib/processes.mjs';
import { record } from './lib/results.mjs';
import { freePort } from './lib/service.mjs';

const PAGE = 5_000;
const AT = '2026-03-01T00:00:00Z';
const EMPTY = 'credits_empty';

export async function run(args) {
  const options = readOptions(args, { credits: 20_000, remedies: 2, customers: 20_000 });
  await withPostgres(async (server) => {
    await server.ensureDatabase(EMPTY);
    await library('persistence').migrate(server.url(EMPTY));
    const plain = await measure(server, 'credits_plain', options, false);
    const budgeted = await measure(server, 'credits_budget', options, true);
    record('credits', options, {
      ...named('no budget', plain),
      ...named('one hot budget', budgeted),
    });
  });
}

const named = (name, figures) =>
  Object.fromEntries(Object.entries(figures).map(([what, value]) => [`${name}: ${what}`, value]));

async function measure(server, name, options, hasBudget) {
  await cloneDatabase(server, EMPTY, name);
  const url = server.url(name);
  return withPool(url, async (pool) => {
    await seed(pool, options, hasBudget);
    await pool.query('vacuum analyze');
    const before = familyCpuSeconds(server.pid);
    const ports = await Promise.all(Array.from({ length: options.remedies }, freePort));
    const startedMs = Date.now();
    const remedies = ports.map((port) =>
      startNode(appMain('remedy'), {
        DATABASE_URL: url,
        PORT: String(port),
        LOG_LEVEL: 'warn',
      }),
    );
    try {
      const firstMs = await untilSettled(pool, 1);
      await untilSettled(pool, options.credits);
      const seconds = (Date.now() - firstMs) / 1000;
      const metrics = await Promise.all(ports.map(metricsOf));
      return {
        'credits a second': Math.round((options.credits - 1) / seconds),
        'batch of decisions, ms mean': meanOf(metrics, 'amends_decision_seconds'),
        'PostgreSQL CPU seconds': Math.round(familyCpuSeconds(server.pid) - before),
        seconds: Math.round((Date.now() - startedMs) / 1000),
        ...(await check(pool, options, hasBudget)),
      };
    } finally {
      await Promise.all(remedies.map((child) => stop(child)));
    }
  });
}

async function seed(pool, { credits, customers }, hasBudget) {
  const { decisionShard, derivedId, incidentNaturalKey } = library('application');
  const document = {
    kind: 'Rule',
    id: 'late',
    title: 'Late',
    detect: { type: 'event', event: 'delivery.late', by: 'data.order_id' },
    pay: { as: 'credit', amount: { fixed: '5.00 EUR' } },
  };
  await pool.query(`insert into rule (id, latest_version) values ('late', 1)`);
  await pool.query(
    `insert into rule_version (rule_id, version, document, document_hash, title, labels, author)
     values ('late', 1, $1, 'hash', 'Late', '{}', 'bench')`,
    [JSON.stringify(document)],
  );
  await pool.query(
    `insert into rule_rollout (rule_id, live_version, live_percent) values ('late', 1, 100)`,
  );
  await pool.query(`insert into rule_run (rule_id, lane, version) values ('late', 0, 1)`);
  await pool.query('update rule_set set generation = generation + 1');
  if (hasBudget) {
    await pool.query(
      `insert into budget (id, currency, period, limit_minor) values ('hot', 'EUR', 'ever', $1)`,
      [credits * 500],
    );
  }
  for (let start = 0; start < credits; start += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, credits - start) }, (_, index) => {
      const number = start + index;
      const customer = `c-${number % customers}`;
      const key = JSON.stringify(`o-${number}`);
      const natural = { ruleId: 'late', lane: 'live', key, occurrence: '' };
      const id = derivedId('inc', Date.parse(AT), incidentNaturalKey(natural));
      return { id, key, customer, shard: decisionShard(customer) };
    });
    const column = (field) => rows.map((row) => row[field]);
    const event = JSON.stringify({ type: 'delivery.late', time: AT, data: {} });
    await pool.query(
      `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
         state, event_time, detected_at, closed_at, event, vars, facts, evidence)
       select id, 'late', 1, 0, 'data.order_id', key, '', customer, 'paying', $4, $4, $4, $5,
         '{}', '{}', '[]' from unnest($1::text[], $2::text[], $3::text[]) as o(id, key, customer)`,
      [column('id'), column('key'), column('customer'), AT, event],
    );
    await pool.query(
      `insert into decision_queue (incident_id, kind, unit, at, clock, shard, customer_id)
       select id, 'decide', 0, $4, $4, shard, customer
       from unnest($1::text[], $2::int[], $3::text[]) as o(id, shard, customer)`,
      [column('id'), column('shard'), column('customer'), AT],
    );
  }
}

/** The moment at which so many are paid. */
async function untilSettled(pool, count) {
  const giveUpAtMs = Date.now() + 300_000;
  for (;;) {
    const { rows } = await pool.query(
      `select count(*)::int as n from compensation where state = 'settled'`,
    );
    if (rows[0].n >= count) return Date.now();
    if (Date.now() > giveUpAtMs) throw new Error(`${rows[0].n} of ${count} are paid`);
    await sleep(50);
  }
}

/** To the cent: what was measured was right. */
async function check(pool, { credits }, hasBudget) {
  const { rows } = await pool.query(
    `select (select sum(balance_minor) from wallet_balance)::bigint as paid,
       (select spent_minor from budget)::bigint as spent`,
  );
  const due = BigInt(credits * 500);
  if (BigInt(rows[0].paid) !== due) throw new Error(`${rows[0].paid} were paid, ${due} were due`);
  if (hasBudget && BigInt(rows[0].spent) !== due) throw new Error(`spent: ${rows[0].spent}`);
  return { 'wallets to the cent': 'yes' };
}

async function metricsOf(port) {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

function meanOf(texts, name) {
  const sum = (suffix) =>
    texts.reduce(
      (all, text) =>
        all + Number(new RegExp(`^${name}_${suffix} (\\S+)`, 'm').exec(text)?.[1] ?? 0),
      0,
    );
  return Math.round((1000 * sum('sum')) / sum('count'));
}
