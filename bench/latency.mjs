// How long from an event to the money in the wallet and the message handed over, under a steady load
// through REST. Open loop: events leave by the clock, whatever the service answers, and a late answer
// counts from when its event was due to leave, so that a stall is not left out of the figures.
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { addCustomers } from './lib/customers.mjs';
import { withPool, withPostgres } from './lib/database.mjs';
import { deliveredOrder } from './lib/delivered-order.mjs';
import { readOptions } from './lib/options.mjs';
import { cpuSeconds, familyCpuSeconds, peakMiB } from './lib/processes.mjs';
import { record } from './lib/results.mjs';
import { goLive, withService } from './lib/service.mjs';
import { percentile, significant } from './lib/stats.mjs';

const require = createRequire(import.meta.url);
const CUSTOMERS = 2_000;
/** How long what was sent last may take. */
const DRAIN_MS = 60_000;
const TEMPLATE = 'late-delivery';

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
  message: { template: TEMPLATE, channels: ['email'] },
};

export async function run(args) {
  const options = readOptions(args, { seconds: 300, rate: 500, latePercent: 10, warmup: 10 });
  await withPostgres(async (server) => {
    await server.ensureDatabase('latency');
    const databaseUrl = server.url('latency');
    const mails = await startMailSink();
    const env = { DATABASE_URL: databaseUrl, SMTP_URL: mails.url };
    await withService(env, async ({ url, api, key, child }) => {
      await addCustomers(api, CUSTOMERS);
      await goLive(api, RULE);
      const load = new Load({ url, key, ...options });
      await load.run(options.warmup);
      await drain(databaseUrl, load);
      const before = [cpuSeconds([child.pid]), familyCpuSeconds(server.pid)];
      const measured = new Load({ url, key, ...options });
      await measured.run(options.seconds);
      await drain(databaseUrl, measured);
      const credited = await creditTimes(databaseUrl);
      const figures = figuresOf(measured, credited, mails.receivedAt);
      const seconds = options.seconds;
      record('latency', options, {
        ...figures,
        'service: CPU share of a core': significant(
          (cpuSeconds([child.pid]) - before[0]) / seconds,
        ),
        'PostgreSQL: CPU share of a core': significant(
          (familyCpuSeconds(server.pid) - before[1]) / seconds,
        ),
        'service: peak RSS MiB': peakMiB(child.pid),
      });
    });
    await mails.stop();
  });
}

/** Sends single events, so many a second, and notes when each was due, and when it was accepted. */
class Load {
  /** By order id: when the event was due to leave, when it was accepted; epoch ms. */
  late = new Map();
  acceptMs = [];
  failures = 0;
  sent = 0;

  constructor({ url, key, rate, latePercent }) {
    this.address = new URL('/v1/events', url);
    this.agent = new Agent({ keepAlive: true, maxSockets: 256 });
    this.headers = {
      authorization: `Bearer ${key}`,
      'content-type': 'application/cloudevents+json',
    };
    this.rate = rate;
    this.lateEvery = 100 / latePercent;
    this.name = Math.random().toString(36).slice(2, 8);
  }

  async run(seconds) {
    const count = seconds * this.rate;
    const startMs = Date.now() + 100;
    const answers = [];
    for (let number = 0; number < count;) {
      const dueMs = startMs + (number * 1000) / this.rate;
      const aheadMs = dueMs - Date.now();
      if (aheadMs > 1) {
        await sleep(aheadMs);
        continue;
      }
      answers.push(this.#send(number, dueMs));
      number += 1;
    }
    await Promise.all(answers);
    this.agent.destroy();
  }

  async #send(number, dueMs) {
    const isLate = number % this.lateEvery < 1;
    const orderId = `${this.name}-${number}`;
    const body = JSON.stringify(
      deliveredOrder({ orderId, customerId: `c${number % CUSTOMERS}`, atMs: Date.now(), isLate }),
    );
    this.sent += 1;
    try {
      const status = await this.#post(body);
      const acceptedMs = Date.now();
      if (status !== 202) throw new Error(`answered ${status}`);
      this.acceptMs.push(acceptedMs - dueMs);
      if (isLate) this.late.set(orderId, { dueMs, acceptedMs });
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) console.error(`  first failure: ${error.message}`);
    }
  }

  #post(body) {
    return new Promise((done, fail) => {
      const options = { method: 'POST', agent: this.agent, headers: this.headers };
      const asked = request(this.address, options, (response) => {
        response.resume();
        response.once('end', () => done(response.statusCode));
      });
      asked.once('error', fail);
      asked.end(body);
    });
  }
}

/** Waits until every late order of the load has its money and its message. */
async function drain(databaseUrl, load) {
  const giveUpAtMs = Date.now() + DRAIN_MS;
  await withPool(databaseUrl, async (pool) => {
    for (;;) {
      const { rows } = await pool.query(
        `select count(*)::int as told from message m join compensation c on c.id = m.compensation_id
         join incident i on i.id = c.incident_id
         where m.state = 'sent' and i.key like $1`,
        [`"${load.name}-%`],
      );
      if (rows[0].told >= load.late.size) return;
      if (Date.now() > giveUpAtMs) throw new Error(`${rows[0].told} of ${load.late.size} told`);
      await sleep(500);
    }
  });
}

/** By order id: when the money was posted, epoch ms. */
async function creditTimes(databaseUrl) {
  return withPool(databaseUrl, async (pool) => {
    const { rows } = await pool.query(
      `select i.key::jsonb #>> '{}' as order_id, t.posted_at, i.customer_id
       from ledger_tx t join compensation c on c.id = t.compensation_id
       join incident i on i.id = c.incident_id where t.kind = 'settle'`,
    );
    return new Map(rows.map(({ order_id, posted_at }) => [order_id, posted_at.getTime()]));
  });
}

function figuresOf(load, credited, receivedAt) {
  const spans = [...load.late].map(([orderId, { dueMs, acceptedMs }]) => ({
    credit: credited.get(orderId) - acceptedMs,
    message: receivedAt.get(orderId) - acceptedMs,
    whole: receivedAt.get(orderId) - dueMs,
  }));
  const missing = spans.filter(({ credit, message }) => !(credit + message < Infinity)).length;
  const p = (values, share) => Math.round(percentile(values, share));
  const both = (values) => `${p(values, 0.5)} / ${p(values, 0.99)} / ${p(values, 1)}`;
  return {
    'events sent': load.sent,
    'not accepted': load.failures,
    'late orders': spans.length,
    'without money or message': missing,
    'ms p50 / p99 / max: due to leave → accepted': both(load.acceptMs),
    'ms p50 / p99 / max: accepted → wallet credited': both(spans.map((one) => one.credit)),
    'ms p50 / p99 / max: accepted → message handed over': both(spans.map((one) => one.message)),
    'ms p50 / p99 / max: due to leave → message handed over': both(spans.map((one) => one.whole)),
  };
}

/** An SMTP server that notes when the message about an order had been handed over whole. */
async function startMailSink() {
  const { SMTPServer } = require('smtp-server');
  const receivedAt = new Map();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        const atMs = Date.now();
        const text = unfolded(Buffer.concat(chunks).toString('utf8'));
        const orderId = /\b[a-z0-9]{6}-\d+\b/.exec(text.slice(text.indexOf('\r\n\r\n')))?.[0];
        if (orderId !== undefined && !receivedAt.has(orderId)) receivedAt.set(orderId, atMs);
        callback();
      });
    },
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address();
  return {
    url: `smtp://127.0.0.1:${port}`,
    receivedAt,
    stop: () => new Promise((done) => server.close(done)),
  };
}

/** Without the soft line breaks of quoted-printable, which may cut an order id in two. */
function unfolded(text) {
  return text.replaceAll('=\r\n', '');
}
