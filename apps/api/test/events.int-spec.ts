import { putHistory, useTestDatabase } from '@amends/testing';
import { eventText } from '../../../libs/testing/src/bad-input';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

const post = (body: unknown, type = 'application/cloudevents+json', query = '') =>
  api.call(`/v1/events${query}`, { method: 'POST', body, headers: { 'Content-Type': type } });
const BATCH = 'application/cloudevents-batch+json';

it('guarantee 1: what is answered 202 is in the log, and a duplicate is not stored again', async () => {
  const first = await post(eventText({ id: 'e-1' }));
  const again = await post(eventText({ id: 'e-1' }));

  expect([first.status, first.body]).toEqual([202, { accepted: 1, duplicates: 0, rejected: [] }]);
  expect(again.body).toEqual({ accepted: 0, duplicates: 1, rejected: [] });
  const { rows } = await api.database.query<{ n: number }>(
    `select count(*)::int as n from event_log where body like '%"e-1"%'`,
  );
  expect(rows[0]?.n).toBe(1);
});

it('semantics 2: the same id with another body is set aside and said to be', async () => {
  await post(eventText({ id: 'e-2' }));
  const other = await post(eventText({ id: 'e-2', data: { other: true } }));

  expect([other.status, other.body]).toEqual([
    202,
    { accepted: 1, duplicates: 0, quarantined: 1, rejected: [] },
  ]);
  const { body } = await api.call('/v1/quarantine?state=open');
  expect(body.items).toHaveLength(1);
  expect(body.items[0].event).toMatchObject({ id: 'e-2' });
});

it('a batch names the bad ones by their place and takes the others', async () => {
  const events = [
    eventText({ id: 'b-1' }),
    eventText({ id: 'b-1' }),
    eventText({ id: 'b-3', time: 'yesterday' }),
    '7',
  ];
  const answer = await post(`[${events.join(',')}]`, BATCH);

  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({
    accepted: 1,
    duplicates: 1,
    rejected: [
      { index: 2, id: 'b-3', errors: [{ pointer: '/time' }] },
      { index: 3, code: 'schema_violation' },
    ],
  });
});

it('keeps the trace of the request with its events, unless they name their own', async () => {
  const [ofRequest, own] = ['1', '2'].map((n) => `00-${n.repeat(32)}-${n.repeat(16)}-01`);
  const send = (body: unknown, traceparent = '') =>
    api.call('/v1/events', {
      method: 'POST',
      body,
      headers: { 'Content-Type': BATCH, traceparent },
    });
  const batch = `[${eventText({ id: 't-1' })},${eventText({ id: 't-2', traceparent: own })}]`;
  await send(batch, ofRequest);
  await send(`[${eventText({ id: 't-3' })}]`, '00-nonsense');
  const again = await send(batch, own);

  expect(again.body).toMatchObject({ accepted: 0, duplicates: 2 });
  const { rows } = await api.database.query<{ id: string; trace: string | null }>(
    `select body::jsonb ->> 'id' as id, body::jsonb ->> 'traceparent' as trace from event_log
     where body like '%"t-_"%' order by 1`,
  );
  expect(rows).toEqual([
    { id: 't-1', trace: ofRequest },
    { id: 't-2', trace: own },
    { id: 't-3', trace: null },
  ]);
});

it('JSON that is no batch is wrong in content; what is no JSON cannot be read', async () => {
  const other = await post(eventText({ id: 'n-1' }), BATCH);
  const broken = await post('{', BATCH);

  expect([other.status, other.body.code, other.body.errors]).toEqual([
    422,
    'events_rejected',
    [expect.objectContaining({ pointer: '', message: 'must be an array of events' })],
  ]);
  expect([broken.status, broken.body.code]).toEqual([400, 'malformed_json']);
});

it('says what is wrong in the language of the reader, whether all or some are refused', async () => {
  const bad = eventText({ id: 'z-1', time: 'yesterday' });
  const send = (body: string) =>
    api.call('/v1/events', {
      method: 'POST',
      body,
      headers: { 'Content-Type': BATCH, 'Accept-Language': 'zh-CN' },
    });
  const all = await send(`[${bad}]`);
  const some = await send(`[${bad},${eventText({ id: 'z-2' })}]`);
  const text = await send('[{"a":1,]');

  const message = expect.stringContaining('必须是带时区的') as unknown;
  expect(all.body.errors).toEqual([expect.objectContaining({ message })]);
  expect(all.body.rejected[0].errors).toEqual([{ pointer: '/time', message }]);
  expect(some.body.rejected[0].errors).toEqual([{ pointer: '/time', message }]);
  expect(text.body.errors[0].message).toBe('不是有效的 JSON');
});

it('an empty batch is taken for what it is', async () => {
  const answer = await post('[]', BATCH);

  expect([answer.status, answer.body]).toEqual([202, { accepted: 0, duplicates: 0, rejected: [] }]);
});

it('all rejected is 422, with every verdict', async () => {
  const answer = await post(`[${eventText({ id: '' })},${eventText({ source: 7 })}]`, BATCH);

  expect([answer.status, answer.body.code]).toEqual([422, 'events_rejected']);
  expect(answer.body).toMatchObject({ accepted: 0, duplicates: 0 });
  expect(answer.body.rejected).toHaveLength(2);
  const errors = answer.body.errors as { pointer: string }[];
  expect(errors.map(({ pointer }) => pointer)).toEqual(['/0/id', '/1/source']);
});

it('binary mode: attributes in headers, the body is data', async () => {
  const answer = await api.call('/v1/events', {
    method: 'POST',
    body: { order_id: 'o-1' },
    headers: {
      'ce-specversion': '1.0',
      'ce-id': 'bin-1',
      'ce-source': '/shop',
      'ce-type': 'order.placed',
      'ce-time': '2026-03-01T00:00:00Z',
      'ce-customerid': 'Z%C3%BCrich',
    },
  });

  expect(answer.status).toBe(202);
  const { rows } = await api.database.query<{ body: string }>(
    `select body from event_log where body like '%bin-1%'`,
  );
  expect(JSON.parse(rows[0]?.body ?? '{}')).toMatchObject({
    customerid: 'Zürich',
    data: { order_id: 'o-1' },
  });
});

it('semantics 11: history is stored as such, and may lie in the future of nobody', async () => {
  const answer = await post(eventText({ id: 'h-1' }), undefined, '?mode=history');
  expect(answer.body.accepted).toBe(1);

  const { rows } = await api.database.query<{ history: boolean }>(
    `select history from event_log where body like '%"h-1"%'`,
  );
  expect(rows[0]?.history).toBe(true);
  expect((await post(eventText({ id: 'h-2' }), undefined, '?mode=past')).status).toBe(400);
});

describe('the list of what was read', () => {
  beforeAll(async () => {
    const rows = Array.from({ length: 30 }, (_, n) => ({
      time: new Date(Date.UTC(2026, 2, 1, 0, Math.floor(n / 2))).toISOString(),
      id: `l-${String(n).padStart(2, '0')}`,
      type: ['order.placed', 'delivery.promised', 'delivery.delivered'][n % 3] ?? '',
      customer: `c_${String(n % 4)}`,
    }));
    for (const row of rows) await putHistory(database().pool, [row]);
  });

  it.each([
    ['of all types', ''],
    ['of two types', '&type=order.placed&type=delivery.promised'],
    ['of one customer', '&customer_id=c_1'],
    ['oldest first', '&order=asc'],
    ['in a span', '&from=2026-03-01T00:03:00Z&to=2026-03-01T00:09:00Z'],
  ])('%s comes in pages without loss or double', async (_name, filter) => {
    const whole = await api.call(`/v1/events?limit=200${filter}`);
    const wanted = (whole.body.items as { id: string }[]).map(({ id }) => id);
    const seen: string[] = [];
    let path: string | undefined = `/v1/events?limit=4${filter}`;
    while (path !== undefined) {
      const answer = await api.call(path);
      seen.push(...(answer.body.items as { id: string }[]).map(({ id }) => id));
      path = /^<(.+)>/.exec(answer.headers.get('link') ?? '')?.[1];
    }

    expect(seen).toEqual(wanted);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(0);
  });

  it('the span is half-open', async () => {
    const { body } = await api.call(
      '/v1/events?from=2026-03-01T00:03:00Z&to=2026-03-01T00:04:00Z&order=asc',
    );

    expect((body.items as { id: string }[]).map(({ id }) => id)).toEqual(['l-06', 'l-07']);
  });
});

describe('quotas', () => {
  it('a flood of events gets 429 with Retry-After, and never blocks lists or holds', async () => {
    const limited = await startApi(database().url, {
      quotas: { ingestPerSecond: 5, restPerSecond: 5 },
    });
    try {
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          limited.call('/v1/events', {
            method: 'POST',
            body: eventText({ id: `q-${String(n)}` }),
            headers: { 'Content-Type': 'application/cloudevents+json' },
          }),
        ),
      );
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(10);
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused[0]?.body).toMatchObject({ code: 'too_many_requests', retryable: true });
      expect((await limited.call('/v1/rules')).status).toBe(200);

      for (let n = 0; n < 30; n += 1) await limited.call('/v1/rules');
      expect((await limited.call('/v1/rules')).status).toBe(429);
      const hold = await limited.call('/v1/holds', {
        method: 'POST',
        body: { scope: { all: true }, what: ['payments'], reason: 'stop' },
      });
      expect(hold.status).toBe(201);
    } finally {
      await limited.close();
    }
  });
});
