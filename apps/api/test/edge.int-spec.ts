import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;
afterEach(() => api.close());

it('browsers are told to come by https only where the operator says so', async () => {
  api = await startApi(database().url);
  expect((await api.call('/docs')).headers.get('strict-transport-security')).toBeNull();
  await api.close();

  api = await startApi(database().url, { hstsSeconds: 31_536_000 });
  for (const path of ['/docs', '/v1/settings', '/nowhere']) {
    const { headers } = await api.call(path);
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  }
});

it('a key in the address opens nothing: it would stand in logs and histories', async () => {
  api = await startApi(database().url);
  const made = await api.call('/v1/api-keys', {
    method: 'POST',
    body: { name: 'k', role: 'admin' },
  });
  const secret = made.body.secret as string;
  for (const name of ['access_token', 'token', 'key', 'api_key', 'authorization']) {
    const { status } = await api.call(`/v1/settings?${name}=${secret}`, { key: null });
    expect(status).toBe(401);
  }
  const { status } = await api.call('/v1/settings', {
    key: null,
    headers: { Cookie: `token=${secret}; authorization=Bearer ${secret}` },
  });
  expect(status).toBe(401);
});
