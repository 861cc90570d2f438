// How long from an event produced to Kafka to the incident, and to the money in the wallet, under a
// steady load: detector and remedy as processes of their own. Open loop, and every span counts from when
// its event was due to leave. The ends of the spans are commits, by PostgreSQL's own commit timestamps.
import { setTimeout as sleep } from 'node:timers/promises';
import { withApps } from './lib/apps.mjs';
import { withBroker } from './lib/broker.mjs';
import { addCustomers } from './lib/customers.mjs';
import { withPool, withPostgres } from './lib/database.mjs';
import { readTimes, withHistoryAsWritten } from './lib/read-times.mjs';
import { OpenLoop } from './lib/open-loop.mjs';
import { deliveredOrder } from './lib/delivered-order.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, peakMiB } from './lib/processes.mjs';
import { record } from './lib/results.mjs';
import { goLive, withService } from './lib/service.mjs';
import { percentile, significant } from './lib/stats.mjs';
import { createTopic } from './lib/topics.mjs';

const CUSTOMERS = 2_000;
const TOPIC = 'delivery.events';
const PARTITIONS = 6;
/** How long what was sent last may take. */
const DRAIN_MS = 60_000;

const RULE = {
  kind: 'Rule',
  id: 'bench-late',
  title: 'Delivered at least ten minutes late',
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_by)' },
    where: { late: { gte: 10 } },
  },
  pay: { as: 'credit', amount: { fixed: '1.00 EUR' } },
  limits: [
    { times: 1, per: 'data.order_id', then: 'skip' },
    { total: '10000.00 EUR', per: 'customer', over: '1d', then: 'trim' },
  ],
};

export async function run(args) {
  const options = readOptions(args, { seconds: 300, rate: 2_000, latePercent: 10, warmup: 10 });
  const settings = { track_commit_timestamp: 'on' };
  await withPostgres(
    (server) => withBroker((broker) => measure(server, broker, options)),
    settings,
  );
}

async function measure(server, broker, options) {
  await server.ensureDatabase('latency');
  const databaseUrl = server.url('latency');
  await withService({ DATABASE_URL: databaseUrl }, async ({ api }) => {
    await addCustomers(api, CUSTOMERS);
    await goLive(api, RULE);
  });
  await createTopic(broker, TOPIC, PARTITIONS);
  await withApps({ databaseUrl, broker, detectors: 1, remedies: 1 }, (apps) =>
    withPool(databaseUrl, (pool) =>
      withHistoryAsWritten(pool, async () => {
        const warmup = new LateOrders(broker, options);
        await warmup.run(options.warmup);
        await drained(pool, warmup);
        const cpu = () => [
          ...apps.map(({ child }) => cpuSeconds([child.pid])),
          familyCpuSeconds(server.pid),
          familyCpuSeconds(broker.pid),
        ];
        const before = cpu();
        const load = new LateOrders(broker, options);
        await load.run(options.seconds);
        await drained(pool, load);
        const [detector, remedy, postgres, kafka] = cpu().map((seconds, index) =>
          significant((seconds - before[index]) / options.seconds),
        );
        record('kafka-latency', options, {
          ...(await figuresOf(pool, load)),
          'CPU share of a core: detector': detector,
          'CPU share of a core: remedy': remedy,
          'CPU share of a core: PostgreSQL': postgres,
          'CPU share of a core: broker': kafka,
          'peak RSS MiB, detector and remedy': apps
            .map(({ child }) => peakMiB(child.pid))
            .join(' '),
        });
      }),
    ),
  );
}

/** Deliveries, some of them late, and when each was due to leave. */
class LateOrders {
  /** By order id, epoch ms. */
  dueMs = new Map();
  late = new Set();
  name = Math.random().toString(36).slice(2, 8);

  constructor(broker, { rate, latePercent }) {
    const every = 100 / latePercent;
    const topicOf = () => TOPIC;
    const make = (number, dueMs) => {
      const orderId = `${this.name}-${number}`;
      const isLate = number % every < 1;
      this.dueMs.set(orderId, dueMs);
      if (isLate) this.late.add(orderId);
      const customerId = `c${number % CUSTOMERS}`;
      return deliveredOrder({ orderId, customerId, atMs: dueMs, isLate });
    };
    this.loop = new OpenLoop({ broker, topicOf, rate, make });
  }

  async run(seconds) {
    await this.loop.run(seconds);
  }
}

/** Waits until every late order of the load has its money. */
async function drained(pool, load) {
  const giveUpAtMs = Date.now() + DRAIN_MS;
  for (;;) {
    const credited = await creditTimes(pool, load.name);
    if (credited.size >= load.late.size) return;
    if (Date.now() > giveUpAtMs) {
      console.error(`  only ${credited.size} of ${load.late.size} have their money`);
      return;
    }
    await sleep(1_000);
  }
}

/** By order id: when the transaction was committed that settled the money, epoch ms. */
async function creditTimes(pool, name) {
  const { rows } = await pool.query(
    `select i.key::jsonb #>> '{}' as id, pg_xact_commit_timestamp(t.xmin) as at
     from ledger_tx t join compensation c on c.id = t.compensation_id
     join incident i on i.id = c.incident_id where t.kind = 'settle' and i.key like $1`,
    [`"${name}-%`],
  );
  return new Map(rows.map(({ id, at }) => [id, at.getTime()]));
}

/**
 * By order id: when the detector's transaction on the event was committed. Of the event's segment of history,
 * which that transaction writes too and nobody changes meanwhile, as remedy does the incident.
 */
function detectTimes(pool, name) {
  return readTimes(pool, ({ id }) => id.startsWith(`${name}-`));
}

async function figuresOf(pool, load) {
  const { rows } = await pool.query(
    `select i.key::jsonb #>> '{}' as id from incident i where lane = 0 and key like $1`,
    [`"${load.name}-%`],
  );
  const found = rows.map(({ id }) => id);
  const read = await detectTimes(pool, load.name);
  const credited = await creditTimes(pool, load.name);
  const spans = (times, ids) =>
    ids.filter((id) => times.has(id)).map((id) => times.get(id) - load.dueMs.get(id));
  const all = (values) =>
    [0.5, 0.99, 1].map((share) => Math.round(percentile(values, share))).join(' / ');
  return {
    'events produced': load.loop.sent,
    'not acknowledged': load.loop.failures,
    'late orders': load.late.size,
    'incidents, and those of them that are wrong': `${found.length}, ${found.filter((id) => !load.late.has(id)).length}`,
    'without money': load.late.size - credited.size,
    'ms p50 / p99 / max: produced → read and evaluated': all(spans(read, [...load.dueMs.keys()])),
    'ms p50 / p99 / max: produced → incident': all(spans(read, found)),
    'ms p50 / p99 / max: produced → wallet credited': all(spans(credited, [...load.late])),
  };
}
