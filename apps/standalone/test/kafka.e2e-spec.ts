import { startOwnBroker, spawnService, waitFor, type SpawnedService } from '@amends/testing';
import { Kafka, logLevel, type Consumer } from 'kafkajs';

jest.setTimeout(240_000);

type KafkaProcess = Awaited<ReturnType<typeof startOwnBroker>>;

const HOUR_MS = 3_600_000;

/** Breaks the shipped rule `late-delivery`: overdue, lateness of events and all, and nothing delivered. */
const promised = (order: string) => ({
  specversion: '1.0',
  id: `p-${order}`,
  source: '/shop',
  type: 'delivery.promised',
  time: new Date(Date.now() - 30 * HOUR_MS).toISOString(),
  customerid: 'ana',
  data: {
    order_id: order,
    promised_by: new Date(Date.now() - 26 * HOUR_MS).toISOString(),
    freight: { value: '12.40', currency: 'BRL' },
  },
});

describe('the service in one process, on Kafka', () => {
  let broker: KafkaProcess;
  let service: SpawnedService;
  let kafka: Kafka;
  let consumer: Consumer;
  const told: { topic: string; type: string }[] = [];

  beforeAll(async () => {
    broker = await startOwnBroker();
    kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
    service = await spawnService({
      env: { KAFKA_BROKERS: broker.brokers.join(',') },
      readyTimeoutMs: 60_000,
    });
    const created = await send('PUT', '/v1/customers/ana', {
      body: { email: 'ana@example.com', locale: 'en' },
      headers: { 'If-None-Match': '*' },
    });
    const live = await send('PUT', '/v1/rules/late-delivery/rollout', {
      body: { live: { version: 1 } },
      headers: { 'If-Match': '"r0"' },
    });
    expect([created.status, live.status]).toEqual([201, 200]);
    // In force within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  });

  afterAll(async () => {
    await (consumer as Consumer | undefined)?.disconnect();
    await service.close();
    await broker.stop();
  });

  async function send(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) {
    const response = await service.fetch(path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text || 'null') };
  }

  const ingest = (event: unknown) =>
    send('POST', '/v1/events', {
      body: event,
      headers: { 'Content-Type': 'application/cloudevents+json' },
    });

  const listed = async (path: string) =>
    (await send('GET', path)).body.items as Record<string, unknown>[];

  it('an event that breaks a shipped rule becomes an incident, a credit and a message', async () => {
    const { status, body } = await ingest(promised('o1'));
    expect([status, body]).toEqual([202, { accepted: 1, duplicates: 0, rejected: [] }]);

    await waitFor(
      async () => (await listed('/v1/messages?customer_id=ana&state=sent')).length === 1,
      { timeoutMs: 30_000 },
    );
    const [incident] = await listed('/v1/incidents?rule=late-delivery&key=o1');
    const [message] = await listed('/v1/messages?customer_id=ana');
    const wallet = await send('GET', '/v1/wallets/ana');
    expect(incident).toMatchObject({
      customer_id: 'ana',
      key: { 'data.order_id': 'o1' },
      state: 'paid',
      amount: { value: '12.40', currency: 'BRL' },
    });
    expect(message?.['text']).toContain('12.40');
    expect(wallet.body.balances).toEqual([{ value: '12.40', currency: 'BRL' }]);
    expect(wallet.body.postings).toHaveLength(1);
    // It went by way of Kafka, under its customer.
    consumer = kafka.consumer({ groupId: 'e2e' });
    await consumer.connect();
    const topics = [
      'delivery.events',
      'amends.incidents',
      'amends.compensations',
      'amends.messages',
    ];
    // Our own topics are made when the first is told.
    await waitFor(async () => {
      await consumer.subscribe({ topics, fromBeginning: true });
      return true;
    });
    await consumer.run({
      eachMessage: ({ topic, message }) => {
        expect(String(message.key)).toBe('ana');
        told.push({ topic, type: JSON.parse(String(message.value)).type as string });
        return Promise.resolve();
      },
    });
    const heardOf = () => new Set(told.map(({ topic }) => topic));
    await waitFor(() => topics.every((topic) => heardOf().has(topic)), { timeoutMs: 30_000 });
    await waitFor(() => told.some(({ type }) => type === 'amends.message.sent'));
  });

  it('says 503 and when to come back while the broker is away, and pays once what comes twice', async () => {
    await broker.kill();
    const event = promised('o2');
    const refused = await ingest(event);
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await waitFor(async () => (await service.fetch('/readyz')).status === 503, {
      timeoutMs: 30_000,
    });
    expect((await service.fetch('/healthz')).status).toBe(200);

    await broker.restart();
    await waitFor(async () => (await ingest(event)).status === 202, {
      timeoutMs: 60_000,
      pollMs: 500,
    });
    // The same again past the door, as a producer that retries sends it.
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    await producer.send({
      topic: 'delivery.events',
      messages: [{ key: 'ana', value: JSON.stringify(event) }],
    });
    await producer.disconnect();
    await waitFor(
      async () => (await listed('/v1/incidents?rule=late-delivery&key=o2&state=paid')).length === 1,
      { timeoutMs: 90_000, pollMs: 250 },
    );
    await waitFor(async () => (await service.fetch('/readyz')).status === 200, {
      timeoutMs: 30_000,
    });
    const wallet = await send('GET', '/v1/wallets/ana');
    expect(wallet.body.postings).toHaveLength(2);
  });

  it('what we do comes back by way of Kafka to the rule that watches it, and goes one step', async () => {
    const echo = {
      kind: 'Rule',
      id: 'echo',
      title: 'A little more on top',
      detect: { type: 'event', event: 'amends.compensation.settled', by: 'data.id' },
      pay: { as: 'credit', amount: { fixed: '1.00 BRL' } },
    };
    const saved = await send('PUT', '/v1/rules/echo', {
      body: echo,
      headers: { 'If-None-Match': '*' },
    });
    const live = await send('PUT', '/v1/rules/echo/rollout', {
      body: { live: { version: 1 } },
      headers: { 'If-Match': '"r0"' },
    });
    expect([saved.status, live.status]).toEqual([201, 200]);
    const paid = () => listed('/v1/incidents?rule=echo&state=paid');
    for (const [index, order] of ['o3', 'o4'].entries()) {
      await ingest(promised(order));
      await waitFor(async () => (await paid()).length > index, { timeoutMs: 60_000 });
    }

    expect(await paid()).toHaveLength(2);
    // One step more would have gone by while the second was on its way.
    const events = await listed('/v1/events?type=amends.compensation.settled');
    expect(events).toHaveLength(2);
  });
});
