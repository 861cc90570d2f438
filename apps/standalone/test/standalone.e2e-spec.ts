import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { spawnService, waitFor, type SpawnedService } from '@amends/testing';

jest.setTimeout(120_000);

const LATE_LUNCH = `
kind: Rule
id: late-lunch
title: Lunch later than promised
detect:
  type: event
  event: delivery.delivered
  by: data.order_id
  let:
    minutes_late: minutes(data.delivered_at, data.promised_at)
    late: minutes_late - 0.0
  where: {late: {gte: 10}}
pay:
  as: credit
  amount: {bands: late, steps: [{from: 10, pay: "4.00 CNY"}, {from: 30, pay: "13.00 CNY"}]}
message: {template: late-lunch, channels: [email], urgent: true}
`;

const TEMPLATE = {
  locales: {
    en: {
      email: {
        subject: 'Order {{ order }} came late',
        text: 'Order {{ order }}: {{ facts.late }} minutes late. {{ amount }} {{ as }}, {{ arrives }}.',
      },
    },
  },
};

const delivered = (order: string, customer = 'c_1') => ({
  specversion: '1.0',
  id: `d-${order}`,
  source: '/logistics/sh',
  type: 'delivery.delivered',
  time: new Date().toISOString(),
  customerid: customer,
  data: {
    order_id: order,
    promised_at: '2026-03-01T12:00:00+08:00',
    delivered_at: '2026-03-01T12:34:00+08:00',
  },
});

async function send(
  service: SpawnedService,
  method: string,
  path: string,
  body?: unknown,
  headers = {},
) {
  const isYaml = typeof body === 'string';
  const response = await service.fetch(path, {
    method,
    headers: {
      ...(body === undefined
        ? {}
        : { 'Content-Type': isYaml ? 'application/yaml' : 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isYaml ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    // Specs look into answers of every shape.

    body: text === '' ? undefined : JSON.parse(text),
  };
}

const CREATE = { 'If-None-Match': '*' };

async function prepare(service: SpawnedService): Promise<void> {
  const answers = [
    await send(service, 'PUT', '/v1/templates/late-lunch', TEMPLATE, CREATE),
    await send(service, 'PUT', '/v1/rules/late-lunch', LATE_LUNCH, CREATE),
    await send(
      service,
      'PUT',
      '/v1/customers/c_1',
      { email: 'li@example.com', locale: 'en' },
      CREATE,
    ),
    await send(
      service,
      'PUT',
      '/v1/rules/late-lunch/rollout',
      { live: { version: 1 } },
      {
        'If-Match': '"r0"',
      },
    ),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 200]);
}

const ingest = (service: SpawnedService, event: unknown) =>
  send(service, 'POST', '/v1/events', event, { 'Content-Type': 'application/cloudevents+json' });

const listed = async (service: SpawnedService, path: string) =>
  (await send(service, 'GET', path)).body.items as Record<string, unknown>[];

describe('the service in one process', () => {
  let service: SpawnedService;

  beforeAll(async () => {
    service = await spawnService();
  });

  afterAll(() => service.close());

  it('is ready with the examples in it, and all of them off', async () => {
    const { body } = await send(service, 'GET', '/readyz');
    expect(body).toMatchObject({ status: 'ok', parts: { database: { status: 'ok' } } });

    const rules = await listed(service, '/v1/rules?limit=200');
    const calendars = await listed(service, '/v1/calendars');
    const templates = await listed(service, '/v1/templates?limit=200');
    expect(rules.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['late-delivery', 'product-recall', 'phone-wait']),
    );
    expect(
      rules.every(({ rollout }) => JSON.stringify(rollout) === '{"live":null,"shadow":null}'),
    ).toBe(true);
    expect(calendars.map(({ id }) => id).sort()).toEqual(['cn-working-days', 'uk-working-days']);
    expect(templates.length).toBeGreaterThanOrEqual(rules.length - 1);
    expect(service.output).not.toContain('could not be added');
  });

  it('makes good what went wrong, and says so, without a restart after the rollout', async () => {
    await prepare(service);
    // In force within a second.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { status, body } = await ingest(service, delivered('8812'));
    expect([status, body]).toEqual([202, { accepted: 1, duplicates: 0, rejected: [] }]);

    await waitFor(
      async () => (await listed(service, '/v1/messages?customer_id=c_1&state=sent')).length > 0,
      {
        timeoutMs: 10_000,
      },
    );
    const [incident] = await listed(service, '/v1/incidents?rule=late-lunch&key=8812');
    const [compensation] = await listed(service, '/v1/compensations?customer_id=c_1');
    const [message] = await listed(service, '/v1/messages?customer_id=c_1');
    const wallet = await send(service, 'GET', '/v1/wallets/c_1');
    const customer = await send(service, 'GET', '/v1/customers/c_1');

    expect(incident).toMatchObject({
      rule: { id: 'late-lunch', version: 1 },
      customer_id: 'c_1',
      key: { 'data.order_id': '8812' },
      state: 'paid',
      facts: { late: 34 },
      amount: { value: '13.00', currency: 'CNY' },
      compensation_ids: [compensation?.['id']],
    });
    expect(compensation).toMatchObject({
      as: 'credit',
      state: 'paid',
      amount: { value: '13.00', currency: 'CNY' },
      attempts: [{ kind: 'payout' }, { kind: 'message', state: 'sent' }],
    });
    expect(message).toMatchObject({ channel: 'email', subject: 'Order 8812 came late' });
    expect(message?.['text']).toContain('13.00');
    expect(wallet.body.balances).toEqual([{ value: '13.00', currency: 'CNY' }]);
    expect(wallet.body.postings).toHaveLength(1);
    expect(customer.body.paid).toEqual([{ value: '13.00', currency: 'CNY' }]);
  });

  it('a duplicate pays nothing more', async () => {
    const event = delivered('8813');
    const first = await ingest(service, event);
    const again = await ingest(service, event);

    expect([first.body.accepted, again.body.duplicates]).toEqual([1, 1]);
    await waitFor(
      async () => (await listed(service, '/v1/incidents?key=8813&state=paid')).length === 1,
      {
        timeoutMs: 10_000,
      },
    );
    expect(await listed(service, '/v1/events?q=d-8813')).toHaveLength(1);
  });

  it('guarantee 4: after a hold is active nothing moves, and what it held waits for its release', async () => {
    const hold = await send(service, 'POST', '/v1/holds', {
      scope: { rule: 'late-lunch' },
      what: ['payments', 'messages'],
      reason: 'wrong promised_at',
    });
    expect([hold.status, hold.body.state]).toEqual([201, 'active']);

    await ingest(service, delivered('8814'));
    await waitFor(
      async () => (await listed(service, '/v1/incidents?key=8814&state=held')).length === 1,
      {
        timeoutMs: 10_000,
      },
    );
    const release = await send(service, 'POST', `/v1/holds/${String(hold.body.id)}/release`, {
      held_items: 'pay',
      note: 'feed fixed',
    });
    expect([release.status, release.body.items]).toEqual([202, 1]);
    await waitFor(
      async () => (await listed(service, '/v1/incidents?key=8814&state=paid')).length === 1,
      {
        timeoutMs: 10_000,
      },
    );
  });

  it('customer.updated events fill the customer file before they are answered', async () => {
    const event = {
      ...delivered('x'),
      id: 'u-1',
      type: 'customer.updated',
      customerid: 'c_77',
      data: { email: 'an@example.com', locale: 'zh-CN', currency: 'CNY', tags: ['vip'] },
    };
    await ingest(service, event);
    const older = {
      ...event,
      id: 'u-0',
      time: '2026-01-01T00:00:00Z',
      data: { email: 'old@x.org' },
    };
    await ingest(service, older);

    const { body } = await send(service, 'GET', '/v1/customers/c_77');
    expect(body).toMatchObject({ email: 'an@example.com', locale: 'zh-CN', tags: ['vip'] });
  });

  it('finds everything again after a stop, which closes the database too', async () => {
    const stoppedAt = Date.now();
    const { code } = await service.stop();
    expect(code).toBe(0);
    expect(Date.now() - stoppedAt).toBeLessThan(10_000);

    await service.restart();
    const { body } = await send(service, 'GET', '/v1/wallets/c_1');
    expect(body.balances).toEqual([{ value: '39.00', currency: 'CNY' }]);
  });

  it('finds everything again after kill -9, which leaves a database behind', async () => {
    await ingest(service, delivered('8815'));
    await service.kill();
    await service.restart();

    await waitFor(
      async () => (await listed(service, '/v1/incidents?key=8815&state=paid')).length === 1,
      {
        timeoutMs: 15_000,
      },
    );
    const { body } = await send(service, 'GET', '/v1/wallets/c_1');
    expect(body.balances).toEqual([{ value: '52.00', currency: 'CNY' }]);
  });
});

describe('the first Admin key', () => {
  it('is made at the first start and printed once, when none is configured', async () => {
    const service = await spawnService({ env: { AMENDS_ADMIN_KEY: '' } });
    try {
      const key = /First Admin key: (amk_\w+)/.exec(service.output)?.[1] ?? '';
      const asAdmin = { headers: { Authorization: `Bearer ${key}` } };
      expect((await service.fetch('/v1/settings', asAdmin)).status).toBe(200);

      const before = service.output.length;
      await service.stop();
      await service.restart();
      expect(service.output.slice(before)).not.toContain('First Admin key');
      expect((await service.fetch('/v1/settings', asAdmin)).status).toBe(200);
    } finally {
      await service.close();
    }
  });
});

describe('a start that fails', () => {
  it('does not use up the first Admin key: it is shown by the start that comes up', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const service = await spawnService({
      untilReady: false,
      env: { AMENDS_ADMIN_KEY: '', PORT: String(port), HOST: '0.0.0.0' },
    });
    try {
      const { code } = await service.ended;
      expect([code, service.output]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
      other.close();
      await once(other, 'close');

      await service.restart();
      await waitFor(() => /First Admin key: amk_\w+/.test(service.output), { timeoutMs: 30_000 });
    } finally {
      other.close();
      await service.close();
    }
  });
});

describe('a wrong configuration', () => {
  it('stops the start with exit code 78 and names every problem at once, never a value', async () => {
    const service = await spawnService({
      untilReady: false,
      env: {
        PORT: 'eighty',
        AMENDS_CLOCK: 'sundial',
        AMENDS_ADMIN_KEY: 'short',
        DATABASE_URL: 'mysql://user:s3cret@host/db',
        AMENDS_DATADIR: '/tmp/x',
        LOG_LEVEL: 'loud',
      },
    });
    try {
      const { code } = await service.ended;
      expect(code).toBe(78);
      const names = [
        'PORT',
        'AMENDS_CLOCK',
        'AMENDS_ADMIN_KEY',
        'DATABASE_URL',
        'AMENDS_DATADIR',
        'LOG_LEVEL',
      ];
      for (const name of names) expect(service.output).toContain(`- ${name}`);
      expect(service.output).not.toContain('s3cret');
    } finally {
      await service.close();
    }
  });
});

describe('the stream clock', () => {
  it('semantics 12: the clock is moved on by hand at the end of the input', async () => {
    const service = await spawnService({ env: { AMENDS_CLOCK: 'stream' } });
    try {
      const rollout = { live: { version: 1 } };
      const put = await send(service, 'PUT', '/v1/rules/late-delivery/rollout', rollout, {
        'If-Match': '"r0"',
      });
      expect(put.status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const promised = {
        specversion: '1.0',
        id: 'p-1',
        source: '/shop',
        type: 'delivery.promised',
        time: '2017-03-01T00:00:00Z',
        customerid: 'c_9',
        data: {
          order_id: 'o9',
          promised_by: '2017-03-03T00:00:00Z',
          freight: { value: '18.11', currency: 'BRL' },
        },
      };
      await ingest(service, promised);
      const moved = await send(service, 'POST', '/v1/clock', {
        advance_to: '2017-03-10T00:00:00Z',
      });

      expect([moved.status, moved.body]).toEqual([200, { clock: '2017-03-10T00:00:00.000Z' }]);
      await waitFor(async () => (await listed(service, '/v1/incidents?state=paid')).length === 1, {
        timeoutMs: 10_000,
      });
      const [incident] = await listed(service, '/v1/incidents');
      expect(incident).toMatchObject({
        rule: { id: 'late-delivery' },
        event_time: '2017-03-03T00:00:00.000Z',
        amount: { value: '18.11', currency: 'BRL' },
      });
    } finally {
      await service.close();
    }
  });
});
