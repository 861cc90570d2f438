import { freePorts, spawnService, waitFor, type SpawnedService } from '@amends/testing';

jest.setTimeout(120_000);

const rule = (id: string, detect: string, pay: string) => `
kind: Rule
id: ${id}
title: ${id}
detect: {type: event, ${detect}}
pay: {${pay}}
`;

const CREDIT = 'as: credit, amount: {fixed: "1.00 EUR"}';

async function send(
  service: SpawnedService,
  method: string,
  path: string,
  body: unknown,
  headers: object,
) {
  const isYaml = typeof body === 'string';
  const response = await service.fetch(path, {
    method,
    headers: { 'Content-Type': isYaml ? 'application/yaml' : 'application/json', ...headers },
    body: isYaml ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

async function goLive(service: SpawnedService, id: string, document?: string): Promise<void> {
  if (document !== undefined) {
    const put = await send(service, 'PUT', `/v1/rules/${id}`, document, { 'If-None-Match': '*' });
    expect([put.status, put.text]).toEqual([201, expect.any(String)]);
  }
  const rollout = { live: { version: 1 } };
  const set = await send(service, 'PUT', `/v1/rules/${id}/rollout`, rollout, {
    'If-Match': '"r0"',
  });
  expect([set.status, set.text]).toEqual([200, expect.any(String)]);
}

const ingest = (service: SpawnedService, event: object) =>
  send(
    service,
    'POST',
    '/v1/events',
    { specversion: '1.0', source: '/shop', customerid: 'c_1', ...event },
    { 'Content-Type': 'application/cloudevents+json' },
  );

async function listed(service: SpawnedService, path: string): Promise<Record<string, unknown>[]> {
  const { items } = (await (await service.fetch(path)).json()) as {
    items: Record<string, unknown>[];
  };
  return items;
}

describe('our own doing, watched by rules through the embedded log', () => {
  it('leads to one step more, and ends there', async () => {
    const service = await spawnService();
    try {
      await goLive(service, 'late', rule('late', 'event: order.late, by: data.order_id', CREDIT));
      const onSettled = 'event: amends.compensation.settled, by: data.id';
      await goLive(service, 'echo', rule('echo', onSettled, CREDIT));
      await goLive(service, 'echo-2', rule('echo-2', onSettled, CREDIT));

      const now = new Date().toISOString();
      const event = { id: 'e1', type: 'order.late', time: now, data: { order_id: 'o1' } };
      expect((await ingest(service, event)).status).toBe(202);
      const paid = () => listed(service, '/v1/compensations?customer_id=c_1');
      await waitFor(async () => (await paid()).length >= 3, { timeoutMs: 20_000 });
      // A fourth would come within one round of telling and deciding: another event goes that way meanwhile.
      await ingest(service, { ...event, id: 'e2', data: { order_id: 'o2' } });
      await waitFor(async () => (await paid()).length >= 6, { timeoutMs: 20_000 });

      expect(await paid()).toHaveLength(6);
      expect(await listed(service, '/v1/events?type=amends.compensation.settled')).toHaveLength(2);
    } finally {
      await service.close();
    }
  });

  it('the rule that is shipped finds a refund that has not left after two days', async () => {
    const [port = 1] = await freePorts(1);
    const service = await spawnService({
      env: {
        AMENDS_CLOCK: 'stream',
        // Nobody listens there.
        REFUND_WEBHOOK_URL: `http://127.0.0.1:${String(port)}/refunds`,
        REFUND_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
      },
    });
    try {
      const pay = 'as: refund, payment: data.payment_id, amount: {fixed: "40.00 EUR"}';
      await goLive(service, 'lost', rule('lost', 'event: order.lost, by: data.order_id', pay));
      await goLive(service, 'made-good-late');
      await ingest(service, {
        id: 'e1',
        type: 'order.lost',
        time: '2026-03-01T10:00:00Z',
        data: { order_id: 'o1', payment_id: 'pay_1' },
      });
      const told = () => listed(service, '/v1/events?type=amends.compensation.reserved');
      await waitFor(async () => (await told()).length === 1, { timeoutMs: 20_000 });
      await send(service, 'POST', '/v1/clock', { advance_to: '2026-03-04T00:00:00Z' }, {});

      const found = () => listed(service, '/v1/incidents?rule=made-good-late&state=paid');
      await waitFor(async () => (await found()).length === 1, { timeoutMs: 20_000 });
      expect(await found()).toMatchObject([
        {
          customer_id: 'c_1',
          event_time: '2026-03-03T10:00:00.000Z',
          amount: { value: '4.00', currency: 'EUR' },
        },
      ]);
    } finally {
      await service.close();
    }
  });
});
