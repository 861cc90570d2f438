import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';
import { createExampleWorld } from './example-world';

const database = useTestDatabase({
  invariants: { unchecked: 'the example world is rows for the examples to show, not a life' },
});
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await createExampleWorld(api.database, database().pool);
});

afterAll(() => api.close());

const put = (path: string, body: unknown, etag: string | null) =>
  api.call(path, { method: 'PUT', body, headers: { 'If-Match': etag ?? '' } });

describe('read, change a field, send the whole back', () => {
  it.each([
    ['settings', '/v1/settings', { voucher_days: 30 }],
    ['a customer', '/v1/customers/c_123', { name: 'Li Na Wang' }],
    ['a template', '/v1/templates/late-lunch', { title: 'Lunch was late' }],
    ['a calendar', '/v1/calendars/office-days', { title: 'Days at the office' }],
    ['a budget', '/v1/budgets/goodwill-eur', { on_exhausted: 'skip' }],
  ])('works for %s', async (_name, path, change) => {
    const before = await api.call(path);
    const after = await put(path, { ...before.body, ...change }, before.etag);

    expect([after.status, after.body]).toEqual([200, expect.objectContaining(change)]);
  });

  it('does not change what only others may: the block of a customer has a route of its own', async () => {
    const before = await api.call('/v1/customers/c_123');
    const after = await put('/v1/customers/c_123', { ...before.body, blocked: true }, before.etag);

    expect([after.status, after.body.errors]).toEqual([
      422,
      [expect.objectContaining({ pointer: '/blocked', code: 'read_only' })],
    ]);
    const sums = { spent: { value: '1.00', currency: 'EUR' } };
    const budget = await api.call('/v1/budgets/goodwill-eur');
    const same = await put('/v1/budgets/goodwill-eur', { ...budget.body, ...sums }, budget.etag);
    expect([same.status, same.body.spent]).toEqual([200, { value: '0.00', currency: 'EUR' }]);
  });

  it('what a PUT of settings leaves out has its default again', async () => {
    const { etag } = await api.call('/v1/settings');
    const after = await put('/v1/settings', { lateness: '5m' }, etag);

    expect([after.status, after.body]).toEqual([
      200,
      expect.objectContaining({ lateness: '5m', voucher_days: 365, locales: ['en', 'zh-CN'] }),
    ]);
  });
});

describe('settings that would do harm are refused', () => {
  it.each([
    ['events forgotten before they are looked up', { retention: '0s' }, '/retention'],
    ['a topic that no broker takes', { topics: { billing: 'bill/ing' } }, '/topics/billing'],
    ['a topic of our own', { topics: { billing: 'amends.incidents' } }, '/topics/billing'],
  ])('%s', async (_name, change, pointer) => {
    const before = await api.call('/v1/settings');
    const after = await put('/v1/settings', { ...before.body, ...change }, before.etag);

    expect([after.status, after.body.errors]).toEqual([
      422,
      [expect.objectContaining({ pointer })],
    ]);
  });
});

it('a hold that has ended already is refused: it would hold nothing', async () => {
  const body = {
    scope: { all: true },
    what: ['payments'],
    reason: 'x',
    until: '2020-01-01T00:00:00Z',
  };
  const answer = await api.call('/v1/holds', { method: 'POST', body });

  expect([answer.status, answer.body.errors]).toEqual([
    422,
    [expect.objectContaining({ pointer: '/until', code: 'in_the_past' })],
  ]);
});
