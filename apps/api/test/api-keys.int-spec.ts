import { searchDatabase, useTestDatabase, waitFor } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

const make = async (name: string) => {
  const made = await api.call('/v1/api-keys', { method: 'POST', body: { name, role: 'viewer' } });
  return made.body as { id: string; secret: string };
};
const statusWith = async (key: string) => (await api.call('/v1/settings', { key })).status;

it('a key whose secret is another one opens nothing', async () => {
  const [{ secret: one }, { secret: other }] = [await make('one'), await make('other')];
  const swapped = one.slice(0, 15) + other.slice(15);
  const changed = one.slice(0, -1) + (one.endsWith('0') ? '1' : '0');

  expect(await statusWith(one)).toBe(200);
  for (const wrong of [swapped, changed, `${one}0`, one.slice(0, -1), one.slice(0, 15)]) {
    expect(await statusWith(wrong)).toBe(401);
  }
});

it('a key is kept as its hash alone', async () => {
  const { secret } = await make('kept');
  expect(await statusWith(secret)).toBe(200);

  expect(await searchDatabase(database().pool, secret.slice(15))).toEqual([]);
});

it('a key that has come to its end opens nothing', async () => {
  const { id, secret } = await make('ending');
  expect(await statusWith(secret)).toBe(200);
  await database().pool.query(
    `update api_key set expires_at = now() - interval '1 second' where id = $1`,
    [id],
  );

  // Keys are read anew once a second.
  await waitFor(async () => (await statusWith(secret)) === 401, { timeoutMs: 3_000 });
});

it('a revoked or expired key is closed out at once', async () => {
  const made = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'short-lived', role: 'viewer' },
  });
  const { id, secret } = made.body as { id: string; secret: string };
  expect((await api.call('/v1/settings', { key: secret })).status).toBe(200);

  expect((await api.call(`/v1/api-keys/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await api.call('/v1/settings', { key: secret })).status).toBe(401);
  expect((await api.call(`/v1/api-keys/${id}`)).body).toMatchObject({ state: 'revoked' });

  const late = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'expired', role: 'viewer', expires_at: '2020-01-01T00:00:00Z' },
  });
  expect(late.status).toBe(422);
});

it('the last Admin key that works cannot be revoked', async () => {
  for (const name of ['one', 'another']) {
    await api.call('/v1/api-keys', { method: 'POST', body: { name, role: 'admin' } });
  }
  const { body } = await api.call('/v1/api-keys?role=admin');
  const admins = (body.items as { id: string }[]).map(({ id }) => id);
  const [last, ...others] = admins.reverse();
  for (const id of others) await api.call(`/v1/api-keys/${id}`, { method: 'DELETE' });

  const answer = await api.call(`/v1/api-keys/${String(last)}`, { method: 'DELETE' });

  expect([answer.status, answer.body.code]).toEqual([409, 'last_admin_key']);
});
