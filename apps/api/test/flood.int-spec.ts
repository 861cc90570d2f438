import { useTestDatabase, waitFor } from '@amends/testing';
import { startApi, type Answer, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url, {
    quotas: { ingestPerSecond: 20, restPerSecond: 20, holdsPerSecond: 5 },
  });
});
afterAll(() => api.close());

const hold = (key?: string) =>
  api.call('/v1/holds', {
    method: 'POST',
    body: { scope: { rule: 'r' }, what: ['payments'], reason: 'stop' },
    ...(key === undefined ? {} : { key }),
  });

async function newKey(): Promise<string> {
  const role = 'admin';
  const made = await api.call('/v1/api-keys', { method: 'POST', body: { name: 'k', role } });
  return made.body.secret as string;
}

const event = (id: string) => ({
  specversion: '1.0',
  id,
  source: '/s',
  type: 'a.b',
  time: '2026-03-01T00:00:00Z',
});

it('a key that asks for too much is told when to come back, and others go on', async () => {
  const [greedy, modest] = [await newKey(), await newKey()];
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => api.call('/v1/settings', { key: greedy })),
  );
  const refused = answers.filter(({ status }) => status === 429);

  expect(refused.length).toBeGreaterThan(50);
  expect(refused[0]?.body).toMatchObject({ code: 'too_many_requests', retryable: true });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await api.call('/v1/settings', { key: modest })).status).toBe(200);
});

it('no flood of the same key keeps it from stopping everything', async () => {
  const key = await newKey();
  const statuses: number[] = [];
  let isOver = false;
  const flood = Promise.all(
    Array.from({ length: 30 }, async (_, sender) => {
      for (let n = 0; !isOver; n += 1) {
        const { status } =
          n % 2 === 0
            ? await api.call('/v1/incidents', { key })
            : await api.call('/v1/events', {
                method: 'POST',
                key,
                body: event(`flood-${String(sender)}-${String(n)}`),
                headers: { 'Content-Type': 'application/cloudevents+json' },
              });
        statuses.push(status);
      }
    }),
  );
  await waitFor(() => statuses.filter((one) => one === 429).length > 100);
  const holds: Answer[] = [];
  const startMs = performance.now();
  for (let n = 0; n < 4; n += 1) holds.push(await hold(key));
  const tookMs = performance.now() - startMs;
  isOver = true;
  await flood;

  expect(holds.map(({ status, body }) => [status, body.state])).toEqual(
    holds.map(() => [201, 'active']),
  );
  expect(tookMs).toBeLessThan(2_000);
  const release = await api.call(`/v1/holds/${holds[0]?.body.id as string}/release`, {
    method: 'POST',
    key,
    body: { held_items: 'pay', note: 'over' },
  });
  expect(release.status).toBe(202);
});

it('holds have a measure of their own, so that they are no way round', async () => {
  const key = await newKey();
  const statuses = (await Promise.all(Array.from({ length: 40 }, () => hold(key)))).map(
    ({ status }) => status,
  );

  expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(5);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(10);
});

it('everybody else waiting for the database does not keep a hold waiting', async () => {
  const client = await database().pool.connect();
  await client.query('begin; lock table settings, approval in access exclusive mode');
  const stuck = Array.from({ length: 12 }, (_, n) => [
    api.call('/v1/settings'),
    api.call('/v1/approvals/apr_0STUCK/reject', {
      method: 'POST',
      body: { note: 'no' },
      headers: { 'Idempotency-Key': `stuck-${String(n)}` },
    }),
  ]).flat();
  await new Promise((passed) => setTimeout(passed, 100));
  const { status } = await hold();
  await client.query('rollback');
  client.release();
  await Promise.all(stuck);

  expect(status).toBe(201);
});

it('keys that are wrong cost no statement, however many there are', async () => {
  const counted = async () => {
    const { rows } = await database().pool.query<{ calls: number }>(
      `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements s
       join pg_database d on d.oid = s.dbid
       where d.datname = current_database() and query like '%from api_key where revoked_at%'`,
    );
    return rows[0]?.calls ?? 0;
  };
  await api.call('/v1/settings');
  const before = await counted();
  const statuses = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      const key = `amk_${String(n).padStart(10, '0')}_${'a'.repeat(52)}`;
      return (await api.call('/v1/settings', { key })).status;
    }),
  );

  expect(new Set(statuses)).toEqual(new Set([401]));
  // Once a second.
  expect((await counted()) - before).toBeLessThanOrEqual(3);
  expect((await hold()).status).toBe(201);
});
