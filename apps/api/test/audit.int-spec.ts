import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
const CANARY = 'the-words-of-an-agent-about-ada';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  const file = { email: 'ada@example.org', name: 'Ada', currency: 'EUR' };
  await api.call('/v1/customers/c_ada', {
    method: 'PUT',
    body: file,
    headers: { 'If-None-Match': '*' },
  });
  await api.call('/v1/customers/c_ada/block', {
    method: 'PUT',
    body: { blocked: true, reason: CANARY },
    headers: { 'If-Match': '*' },
  });
});
afterAll(() => api.close());

interface Entry {
  readonly seq: number;
  readonly action: string;
  readonly object: string;
  readonly prev: string;
  readonly hash: string;
  readonly reason: string | null;
}

async function entries(query: string): Promise<Entry[]> {
  return (await api.call(`/v1/audit?${query}`)).body.items as Entry[];
}

it('a change is in the list at once, with its place in the chain', async () => {
  const all = await entries('order=asc');

  expect(all.length).toBeGreaterThanOrEqual(3);
  expect(all[0]?.prev).toBe(`sha256:${'0'.repeat(64)}`);
  for (const [index, entry] of all.entries()) {
    expect(entry.hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    if (index > 0) expect(entry.prev).toBe(all[index - 1]?.hash);
  }
  expect(new Set(all.map(({ hash }) => hash)).size).toBe(all.length);
});

it('what is said about a customer is found by the customer, and is nowhere in clear', async () => {
  const about = await entries('object=customer%3Ac_ada');
  expect(about.map(({ action }) => action)).toEqual(['customer.block', 'customer.create']);
  expect(about[0]).toMatchObject({
    object: 'customer:c_ada',
    before: { blocked: false },
    after: { blocked: true },
    reason: CANARY,
  });

  const { rows } = await database().pool.query<{ row: string }>(
    'select a::text as row from audit a',
  );
  expect(rows.filter(({ row }) => row.includes('c_ada') || row.includes(CANARY))).toEqual([]);
});

it('GET /v1/audit/verify finds nothing wrong, and names the end of the chain', async () => {
  const [last] = await entries('limit=1');
  const { body } = await api.call('/v1/audit/verify');

  expect(body).toEqual({
    valid: true,
    checked: last?.seq,
    waiting: 0,
    head: { seq: last?.seq, hash: last?.hash },
    anchors: 0,
    fault_count: 0,
    faults: [],
  });
  const kept = `${String(last?.seq)}:${String(last?.hash)}`;
  const again = await api.call(`/v1/audit/verify?anchor=${encodeURIComponent(kept)}`);
  expect(again.body).toMatchObject({ valid: true, anchors: 1 });
});

it.each(['1', '1:sha256:00', 'x:sha256:' + '0'.repeat(64), '-1:sha256:' + '0'.repeat(64)])(
  'an anchor that is none is refused: %s',
  async (anchor) => {
    const { status, body } = await api.call(
      `/v1/audit/verify?anchor=${encodeURIComponent(anchor)}`,
    );
    expect([status, body.code]).toEqual([400, 'invalid_parameter']);
  },
);

it('once the key is gone nobody reads it any more, and the chain stays true', async () => {
  await database().pool.query(`delete from customer_key where customer_id = 'c_ada'`);
  const blocked = (await entries('action=customer.block'))[0];

  expect(blocked).toMatchObject({ before: null, after: null, reason: null });
  expect(blocked?.object).toMatch(/^customer:cus_[0-9a-f]{32}$/);
  expect((await api.call('/v1/audit/verify')).body).toMatchObject({ valid: true });
});
