import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url, { clock: 'stream', metricsToken: 'metrics-token' });
});

afterAll(() => api.close());

it('is alive whatever its parts say, and ready only when none of them is down', async () => {
  const ready = await api.call('/readyz', { key: null });
  const remove = api.health.add('stream', () => ({ status: 'degraded', detail: 'held for 61 s' }));
  const degraded = await api.call('/readyz', { key: null });
  remove();
  const removeDown = api.health.add('stream', () => ({ status: 'down' }));
  const down = await api.call('/readyz', { key: null });
  const alive = await api.call('/healthz', { key: null });
  removeDown();

  expect([ready.status, ready.body.status]).toEqual([200, 'ok']);
  expect([degraded.status, degraded.body.status]).toEqual([200, 'degraded']);
  expect(degraded.body.parts.stream.detail).toBe('held for 61 s');
  expect([down.status, down.body.status]).toEqual([503, 'down']);
  expect(alive.status).toBe(200);
});

it('metrics are for who knows the token, and count requests by route and status', async () => {
  await api.call('/v1/rules/nothing');
  const closed = await api.call('/metrics', { key: null });
  const wrong = await api.call('/metrics');
  const open = await api.call('/metrics', { key: 'metrics-token' });

  expect([closed.status, wrong.status, open.status]).toEqual([401, 401, 200]);
  expect(open.headers.get('content-type')).toContain('text/plain');
  expect(open.text).toContain(
    'amends_http_request_seconds_count{route="/v1/rules/{id}",method="GET",status="4xx"} 1',
  );
});

it('publishes its documents for tools and people, with tags', async () => {
  const openApi = await api.call('/openapi.json', { key: null });
  const schema = await api.call('/schemas/rule.json', { key: null });
  const docs = await api.call('/docs', { key: null });
  const again = await api.call('/openapi.json', {
    headers: { 'If-None-Match': openApi.etag ?? '' },
  });

  expect(openApi.body.openapi).toBe('3.1.0');
  expect(schema.body.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(docs.text).toContain('/v1/incidents');
  expect(docs.text).not.toMatch(/<script|https?:\/\/(?!localhost)[^"]*\.(js|css)/);
  expect(again.status).toBe(304);
});

it('moves the stream clock, and only that', async () => {
  const body = { advance_to: '2026-03-02T00:00:00+08:00' };
  const moved = await api.call('/v1/clock', { method: 'POST', body });

  expect([moved.status, moved.body]).toEqual([200, { clock: '2026-03-01T16:00:00.000Z' }]);
  expect(api.told.advancedToMs).toEqual([Date.UTC(2026, 2, 1, 16)]);
});

it('under the stream clock the events may be of any time', async () => {
  const event = {
    specversion: '1.0',
    id: 'f',
    source: '/s',
    type: 'a.b',
    time: '2190-01-01T00:00:00Z',
  };
  const { status } = await api.call('/v1/events', {
    method: 'POST',
    body: event,
    headers: { 'Content-Type': 'application/cloudevents+json' },
  });

  expect(status).toBe(202);
});

it('a database that is away is 503 with Retry-After, and comes back', async () => {
  const blocker = await database().pool.connect();
  await blocker.query('begin');
  await blocker.query('lock table settings in access exclusive mode');
  const waiting = api.call('/v1/settings');
  // As when an operator, or a statement time-out, cuts a statement off.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await blocker.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where wait_event_type = 'Lock' and datname = current_database()`,
  );
  const answer = await waiting;
  await blocker.query('rollback');
  blocker.release();

  expect([answer.status, answer.body]).toMatchObject([
    503,
    { code: 'unavailable', retryable: true },
  ]);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect((await api.call('/v1/settings')).status).toBe(200);
});

it('says so when it is on its way out, and lets go of kept connections', async () => {
  api.drain.begin();
  const answer = await api.call('/readyz', { key: null });

  expect([answer.status, answer.body.parts.process.status]).toEqual([503, 'down']);
  expect(answer.headers.get('connection')).toBe('close');
});
