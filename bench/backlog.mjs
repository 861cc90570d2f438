// Detectors are down while orders are promised, delivered, and fall due. When they are back, deadlines
// long over wait beside deliveries nobody has read: how fast that is caught up with, and whether every
// incident is one. The load goes on while they catch up.
import { setTimeout as sleep } from 'node:timers/promises';
import { startApps, stopApps, withApps } from './lib/apps.mjs';
import { withBroker } from './lib/broker.mjs';
import { withPool, withPostgres } from './lib/database.mjs';
import { OpenLoop } from './lib/open-loop.mjs';
import { readOptions } from './lib/options.mjs';
import { PromisedOrders, RULE } from './lib/promised-orders.mjs';
import { record } from './lib/results.mjs';
import { goLive, withService } from './lib/service.mjs';
import { createTopic } from './lib/topics.mjs';

const TOPIC = 'delivery.events';
const PARTITIONS = 6;
const POLL_MS = 200;
/** Promised in this time, due and delivered in the next one. */
const WARMUP_SECONDS = 20;

export async function run(args) {
  const options = readOptions(args, { downSeconds: 600, rate: 1_000, detectors: 1 });
  await withPostgres((server) => withBroker((broker) => measure(server, broker, options)));
}

async function measure(server, broker, { downSeconds, rate, detectors }) {
  await server.ensureDatabase('backlog');
  const databaseUrl = server.url('backlog');
  await withService({ DATABASE_URL: databaseUrl }, ({ api }) => goLive(api, RULE));
  await createTopic(broker, TOPIC, PARTITIONS);
  const orders = new PromisedOrders();
  const make = (_number, dueMs) => orders.next(dueMs);
  const load = new OpenLoop({ broker, topicOf: () => TOPIC, rate, make });
  await withPool(databaseUrl, async (pool) => {
    const apps = await startApps({ databaseUrl, broker, detectors });
    const producing = load.run();
    await sleep(1000 * WARMUP_SECONDS);
    await stopApps(apps);
    const downMs = Date.now();
    const readBefore = await positions(pool);
    await sleep(1000 * downSeconds);
    const waiting = load.sent - readBefore;
    const temptations = orders.keptAndDue(downMs, Date.now());
    const backMs = Date.now();
    const catchingUp = caughtUp(pool, load, readBefore);
    await withApps({ databaseUrl, broker, detectors }, async () => {
      const { firstMs, atMs, read } = await catchingUp;
      load.stop();
      await producing;
      const { missing, wrong, refuted, expected } = await outcome(pool, orders);
      record(
        'backlog',
        { downSeconds, rate, detectors },
        {
          'waiting when they come back': waiting,
          'orders overdue by the clock whose delivery waits unread': temptations,
          'caught up after s, from the start of the processes': seconds(atMs - backMs),
          'events per second while catching up, from the first': Math.round(
            (1000 * (read - readBefore)) / (atMs - firstMs),
          ),
          'orders that are late or never delivered': expected,
          'missing incidents': missing,
          'false incidents': wrong,
          'incidents withdrawn again': refuted,
          'events not acknowledged by the broker': load.failures,
        },
      );
      if (missing + wrong + refuted > 0) process.exitCode = 1;
    });
  });
}

/** When something was read, and when all was that had been produced by then. */
async function caughtUp(pool, load, readBefore) {
  let firstMs;
  for (;;) {
    const { sent } = load;
    const read = await positions(pool);
    if (read > readBefore) firstMs ??= Date.now() - POLL_MS;
    if (read >= sent) return { firstMs, atMs: Date.now(), read };
    await sleep(POLL_MS);
  }
}

function seconds(ms) {
  return Math.round(ms / 100) / 10;
}

async function positions(pool) {
  const { rows } = await pool.query(
    'select coalesce(sum(next_offset), 0)::int as n from stream_position where topic = $1',
    [TOPIC],
  );
  return rows[0].n;
}

/** Once the last deadline is over. An order whose delivery was never produced is late too. */
async function outcome(pool, orders) {
  await sleep(Math.max(0, orders.lastDueMs - Date.now()) + 10_000);
  const right = orders.breached();
  const { rows } = await pool.query(
    `select key::jsonb #>> '{}' as id, refuted_at is not null as is_refuted from incident
     where lane = 0 and rule_id = $1`,
    [RULE.id],
  );
  const found = new Set(rows.map(({ id }) => id));
  return {
    expected: right.size,
    missing: [...right].filter((id) => !found.has(id)).length,
    wrong: [...found].filter((id) => !right.has(id)).length,
    refuted: rows.filter(({ is_refuted }) => is_refuted).length,
  };
}
