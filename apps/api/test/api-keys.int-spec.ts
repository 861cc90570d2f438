import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

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
