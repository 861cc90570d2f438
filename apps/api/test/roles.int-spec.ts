import { ROLES, type Role } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import type { RouteSpec } from '../src/http/route';
import { ROUTES } from '../src/routes';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
const keys = new Map<Role, string>();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  for (const role of ROLES) {
    const { body } = await api.call('/v1/api-keys', { method: 'POST', body: { name: role, role } });
    keys.set(role, body.secret as string);
  }
});

afterAll(() => api.close());

/** What each role may do, written from API.md and not from the routes. */
const READ = ['viewer', 'editor', 'approver', 'manager', 'admin'];
const MATRIX: Readonly<Record<string, readonly string[]>> = {
  postEvents: ['ingest', 'admin'],
  validateRule: READ,
  putRule: ['editor', 'manager', 'admin'],
  putTemplate: ['editor', 'manager', 'admin'],
  previewTemplate: READ,
  putCalendar: ['editor', 'manager', 'admin'],
  putRollout: ['approver', 'manager', 'admin'],
  dismissIncident: ['approver', 'manager', 'admin'],
  createCompensation: ['editor', 'approver', 'manager', 'admin'],
  retryCompensation: ['approver', 'manager', 'admin'],
  reverseCompensation: ['approver', 'manager', 'admin'],
  resendCompensation: ['editor', 'approver', 'manager', 'admin'],
  approve: ['approver', 'manager', 'admin'],
  reject: ['approver', 'manager', 'admin'],
  createHold: ['editor', 'approver', 'manager', 'admin'],
  releaseHold: ['approver', 'manager', 'admin'],
  putBudget: ['manager', 'admin'],
  putCustomer: ['editor', 'approver', 'manager', 'admin'],
  blockCustomer: ['manager', 'admin'],
  exportCustomer: ['manager', 'admin'],
  eraseCustomer: ['manager', 'admin'],
  resendMessage: ['editor', 'approver', 'manager', 'admin'],
  replayQuarantined: ['editor', 'manager', 'admin'],
  discardQuarantined: ['editor', 'manager', 'admin'],
  putSettings: ['admin'],
  createApiKey: ['admin'],
  listApiKeys: ['admin'],
  getApiKey: ['admin'],
  revokeApiKey: ['admin'],
  advanceClock: ['admin'],
};

const guarded = ROUTES.filter(({ roles }) => roles !== 'anyone');

describe.each(guarded.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s',
  (_name, route) => {
    it('is closed without a key, and with a wrong one', async () => {
      expect(await knock(route, null)).toBe(401);
      expect(await knock(route, 'amk_0000000000_nothing')).toBe(401);
    });

    it.each(ROLES)('knows what %s may do', async (role) => {
      const isAllowed = (MATRIX[route.id] ?? READ).includes(role);
      const status = await knock(route, keys.get(role) ?? '');

      expect(status === 403).toBe(!isAllowed);
      expect([401, 500, 503]).not.toContain(status);
    });
  },
);

it('what needs no key is what the contract names', () => {
  const open = ROUTES.filter(({ roles }) => roles === 'anyone').map(({ path }) => path);

  expect(open.sort()).toEqual(
    ['/docs', '/healthz', '/metrics', '/openapi.json', '/readyz', '/schemas/rule.json'].sort(),
  );
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
  const { body } = await api.call('/v1/api-keys?role=admin');
  const admins = (body.items as { id: string }[]).map(({ id }) => id);
  const [last, ...others] = admins.reverse();
  for (const id of others) await api.call(`/v1/api-keys/${id}`, { method: 'DELETE' });

  const answer = await api.call(`/v1/api-keys/${String(last)}`, { method: 'DELETE' });

  expect([answer.status, answer.body.code]).toEqual([409, 'last_admin_key']);
});

async function knock(route: RouteSpec, key: string | null): Promise<number> {
  const path = route.path
    .replace('{n}', '1')
    .replace('/v1/holds/{id}', '/v1/holds/hold_0')
    .replaceAll(/\{\w+\}/g, 'nothing');
  return (await api.call(path, { method: route.method, key })).status;
}
