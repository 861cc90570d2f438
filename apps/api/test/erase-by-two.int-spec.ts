import { escalateApprovals } from '@amends/application';
import { searchDatabase, useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;
const keys: Record<string, string> = {};
let count = 0;

beforeAll(async () => {
  api = await startApi(database().url);
  for (const [name, role] of [
    ['ana', 'manager'],
    ['ben', 'manager'],
    ['app', 'approver'],
  ] as const) {
    const { body } = await api.call('/v1/api-keys', { method: 'POST', body: { name, role } });
    keys[name] = body.secret as string;
  }
  await wantTwo(true);
});
afterAll(() => api.close());

/** As the owner: the switch itself would need a second person. */
async function wantTwo(erasures: boolean): Promise<void> {
  await database().pool.query('update settings set document = $1', [
    JSON.stringify({
      four_eyes: { rollouts: false, budgets: false, hold_releases: false, erasures },
    }),
  ]);
}

const post = (path: string, body: object, who: string) =>
  api.call(path, {
    method: 'POST',
    body,
    key: keys[who] ?? '',
    headers: { 'If-Match': '*', 'Idempotency-Key': `k-${String((count += 1))}` },
  });

async function customer(): Promise<string> {
  count += 1;
  const id = `c_two_${String(count)}_people`;
  await api.call(`/v1/customers/${id}`, {
    method: 'PUT',
    body: { email: `two-${String(count)}@example.org` },
    headers: { 'If-None-Match': '*' },
  });
  return id;
}

/** A customer whom Ana wants to be forgotten. */
async function asked() {
  const id = await customer();
  const answer = await post(`/v1/customers/${id}/erase`, { reason: 'request 4711' }, 'ana');
  return { id, answer, approval: `/v1/approvals/${String(answer.body.approval_id)}` };
}

const isThere = async (id: string) => (await api.call(`/v1/customers/${id}`)).status === 200;

it('waits for another Manager, and then nothing of them is left', async () => {
  const { id, answer, approval } = await asked();
  expect([answer.status, answer.headers.get('location')]).toEqual([202, approval]);
  expect(answer.body).toMatchObject({ state: 'review', pseudonym: null, erased_at: null });
  const listed = await api.call(`/v1/approvals?state=open&customer_id=${id}`);
  expect(listed.body.items).toMatchObject([
    {
      id: answer.body.approval_id,
      customer_id: id,
      change: { action: 'customer.erase', about: `customer:${id}`, to: { reason: 'request 4711' } },
    },
  ]);
  expect(await isThere(id)).toBe(true);

  expect((await post(`${approval}/approve`, {}, 'ana')).body.code).toBe('self_approval');
  expect((await post(`${approval}/approve`, {}, 'app')).body.code).toBe('forbidden');
  expect((await post(`${approval}/reject`, { note: 'x' }, 'app')).body.code).toBe('forbidden');
  const done = await post(`${approval}/approve`, { note: `${id} has signed` }, 'ben');

  expect([done.status, done.body.state]).toEqual([200, 'approved']);
  expect((await api.call(`/v1/customers/${id}`)).status).toBe(410);
  expect(await searchDatabase(database().pool, id)).toEqual([]);
  expect((await post(`/v1/customers/${id}/erase`, {}, 'ana')).status).toBe(410);
  expect((await api.call('/v1/audit/verify')).body).toMatchObject({ valid: true });
});

it('is asked for once, however often it is sent', async () => {
  const { id, answer } = await asked();
  const again = await post(`/v1/customers/${id}/erase`, {}, 'ana');
  const other = await post(`/v1/customers/${id}/erase`, {}, 'ben');

  expect([again.status, again.body]).toEqual([202, answer.body]);
  expect([other.status, other.body]).toMatchObject([
    409,
    { reason: 'already_asked', approval_id: answer.body.approval_id },
  ]);
});

it('a no has its reason, and leaves everything as it was', async () => {
  const { id, approval } = await asked();
  expect((await post(`${approval}/reject`, {}, 'ben')).status).toBe(422);
  const no = await post(`${approval}/reject`, { note: 'it was not the customer' }, 'ben');

  expect([no.status, no.body.state]).toEqual([200, 'rejected']);
  expect(await isThere(id)).toBe(true);
});

it('is not lost: what lapses is told of, and can be asked for anew', async () => {
  const { id, answer, approval } = await asked();
  await database().pool.query(
    `update approval set requested_at = now() - interval '8 days' where id = $1`,
    [answer.body.approval_id],
  );
  await escalateApprovals(api.database);

  const notices = await api.call('/v1/notices?kind=approval.lapsed');
  expect(notices.body.items).toMatchObject([
    {
      about: `approval:${String(answer.body.approval_id)}`,
      detail: { action: 'customer.erase' },
    },
  ]);
  expect(JSON.stringify(notices.body)).not.toContain(id);
  expect((await post(`${approval}/approve`, {}, 'ben')).body.code).toBe('already_decided');
  const anew = await post(`/v1/customers/${id}/erase`, {}, 'ben');
  expect(anew.status).toBe(202);
  const yes = await post(`/v1/approvals/${String(anew.body.approval_id)}/approve`, {}, 'ana');
  expect(yes.status).toBe(200);
  expect(await searchDatabase(database().pool, id)).toEqual([]);
});

it('while money is on its way the yes is refused, and the question stays', async () => {
  const { id, approval } = await asked();
  await database().pool.query(
    `insert into compensation (id, customer_id, kind, amount_minor, currency, state, proposed_by,
       content_hash, incident_at)
     values ('cmp_0TWO', $1, 'refund', 100, 'EUR', 'unknown', 'key_other', 'h', now())`,
    [id],
  );
  const early = await post(`${approval}/approve`, {}, 'ben');
  await database().pool.query(`delete from compensation where id = 'cmp_0TWO'`);

  expect([early.status, early.body.reason]).toEqual([409, 'payout_under_way']);
  expect((await post(`${approval}/approve`, {}, 'ben')).status).toBe(200);
});

it('of many who say yes at once one erases; asking meanwhile leaves no trace', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { id, approval } = await asked();
    await wantTwo(false);
    const answers = await Promise.all([
      post(`/v1/customers/${id}/erase`, {}, 'ben'),
      wantTwo(true).then(() => post(`/v1/customers/${id}/erase`, {}, 'ana')),
      ...Array.from({ length: 4 }, () => post(`${approval}/approve`, {}, 'ben')),
    ]);

    expect(answers.every(({ status }) => [200, 202, 409, 410].includes(status))).toBe(true);
    expect((await api.call(`/v1/customers/${id}`)).status).toBe(410);
    expect(await searchDatabase(database().pool, id)).toEqual([]);
  }
});

it('nor can one person switch it off', async () => {
  const { body, etag } = await api.call('/v1/settings');
  const answer = await api.call('/v1/settings', {
    method: 'PUT',
    body: { ...body, four_eyes: { ...body.four_eyes, erasures: false } },
    headers: { 'If-Match': etag ?? '' },
  });
  expect([answer.status, answer.body.code]).toEqual([409, 'approval_required']);
});

it('settings from before are those without it, and it may be left out', async () => {
  await database().pool.query('update settings set document = $1', [
    JSON.stringify({ four_eyes: { rollouts: false, budgets: false, hold_releases: false } }),
  ]);
  const { body, etag } = await api.call('/v1/settings');
  expect(body.four_eyes.erasures).toBe(false);
  const four_eyes = { rollouts: false, budgets: false, hold_releases: false };
  const put = await api.call('/v1/settings', {
    method: 'PUT',
    body: { ...body, four_eyes },
    headers: { 'If-Match': etag ?? '' },
  });
  expect(put.status).toBe(200);
  const id = await customer();
  expect((await post(`/v1/customers/${id}/erase`, {}, 'ana')).body).toMatchObject({
    state: 'erased',
    approval_id: null,
  });
});
