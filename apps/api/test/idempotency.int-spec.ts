import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

const goodwill = (value: string) => ({
  customer_id: 'c1',
  as: 'credit',
  amount: { value, currency: 'CNY' },
  reason: 'spoiled food',
});

const give = (key: string | undefined, value = '5.00', requestId = 'req_1') =>
  api.call('/v1/compensations', {
    method: 'POST',
    body: goodwill(value),
    headers: {
      'X-Request-Id': requestId,
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    },
  });

const count = async () =>
  (await api.database.query<{ n: number }>('select count(*)::int as n from compensation')).rows[0]
    ?.n;

it('a replay gives the same answer, byte for byte, and nothing is paid twice', async () => {
  const first = await give('k1');
  const replay = await give('k1');
  const quoted = await give('"k1"');

  expect([first.status, first.headers.get('idempotent-replayed')]).toEqual([201, null]);
  for (const again of [replay, quoted]) {
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.text).toBe(first.text);
    expect(again.etag).toBe(first.etag);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  }
  expect(await count()).toBe(1);
});

it('another body under the same key is 422', async () => {
  await give('k2', '5.00');
  const other = await give('k2', '50.00');

  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
});

it('where money moves the key is required, and it has a form', async () => {
  expect([(await give(undefined)).status, (await give(undefined)).body.code]).toEqual([
    400,
    'idempotency_key_required',
  ]);
  expect((await give('')).body.code).toBe('invalid_idempotency_key');
  expect((await give('x'.repeat(256))).body.code).toBe('invalid_idempotency_key');
  expect((await give('x'.repeat(255))).status).toBe(201);
});

it('of many at once one is carried out, the others wait their turn', async () => {
  const before = (await count()) ?? 0;
  const answers = await Promise.all(Array.from({ length: 8 }, () => give('k3')));

  const statuses = new Set(answers.map(({ status }) => status));
  expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
  for (const answer of answers.filter(({ status }) => status === 409)) {
    expect(answer.body.code).toBe('idempotency_in_progress');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(await count()).toBe(before + 1);
});

it('a refused request does not use its key up', async () => {
  const wrong = await api.call('/v1/compensations', {
    method: 'POST',
    body: { ...goodwill('5.00'), template: 'no-such-template' },
    headers: { 'Idempotency-Key': 'k4' },
  });
  const right = await give('k4');

  expect([wrong.status, right.status]).toEqual([422, 201]);
});

it('guarantee 2: a change whose answer was lost with its process is not made again', async () => {
  const before = (await count()) ?? 0;
  await give('k5', '5.00', 'req_lost');
  // As a process leaves it that is killed between its commit and its answer.
  await api.database.query(
    `update idempotency set status = null, body = null, created_at = now() - interval '2 minutes'
     where key = 'k5'`,
  );
  const again = await give('k5', '5.00', 'req_again');

  expect([again.status, again.body.reason]).toEqual([409, 'already_carried_out']);
  expect(again.body.object).toMatch(/^compensation:cmp_/);
  expect(await count()).toBe(before + 1);
});

it('a request whose process died before it changed anything is carried out', async () => {
  const before = (await count()) ?? 0;
  await give('k6');
  await api.database.query(
    `update idempotency set status = null, body = null, request_id = 'req_nothing_done',
       created_at = now() - interval '2 minutes' where key = 'k6'`,
  );
  const again = await give('k6');

  expect(again.status).toBe(201);
  expect(await count()).toBe(before + 2);
});

it('keys of one actor do not meet those of another', async () => {
  const { body } = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'other', role: 'manager' },
  });
  await give('k7');
  const other = await api.call('/v1/compensations', {
    method: 'POST',
    key: body.secret as string,
    body: goodwill('7.00'),
    headers: { 'Idempotency-Key': 'k7' },
  });

  expect(other.status).toBe(201);
});

it('is optional elsewhere, and honoured', async () => {
  const hold = (reason: string) =>
    api.call('/v1/holds', {
      method: 'POST',
      body: { scope: { rule: 'late-lunch' }, what: ['payments'], reason },
      headers: { 'Idempotency-Key': 'h1' },
    });
  const first = await hold('stop');
  const replay = await hold('stop');

  expect(first.status).toBe(201);
  expect(replay.text).toBe(first.text);
  expect((await hold('stop all')).status).toBe(422);
});
