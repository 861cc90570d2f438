import { useTestDatabase } from '@amends/testing';
import { EXAMPLE_IDS as ID } from '../src/routes/shared/example-ids';
import { startApi, type ApiHarness } from './api-harness';
import { createExampleWorld } from './example-world';

const database = useTestDatabase({
  invariants: { unchecked: 'the example world is rows for the examples to show, not a life' },
});
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await createExampleWorld(api.database, database().pool);
  const rollout = { live: { version: 1 } };
  const headers = { 'If-Match': '"r0"' };
  await api.call('/v1/rules/late-delivery/rollout', { method: 'PUT', body: rollout, headers });
});

afterAll(() => api.close());

const rule = async () => (await api.call('/v1/rules/late-delivery')).body.document as unknown;
const budget = { period: 'ever', limit: { value: '6000.00', currency: 'EUR' } };
const KEY = { 'Idempotency-Key': 'a key' };

/** Everything with a tag that names more than what a change replaces. */
const CHANGES: readonly [string, string, string, unknown, Record<string, string>?][] = [
  ['a rule', 'PUT', '/v1/rules/late-delivery', rule],
  ['a rollout', 'PUT', '/v1/rules/late-delivery/rollout', {}],
  ['a customer', 'PUT', '/v1/customers/c_123', { name: 'Li Na' }],
  ['a block', 'PUT', '/v1/customers/c_123/block', { blocked: true, reason: 'fraud' }],
  ['a budget', 'PUT', '/v1/budgets/goodwill-eur', budget],
  ['an approval', 'POST', `/v1/approvals/${ID.approval}/approve`, {}, KEY],
  ['a rejection', 'POST', `/v1/approvals/${ID.approval}/reject`, { note: 'no' }, KEY],
  ['a retry', 'POST', `/v1/compensations/${ID.failedCompensation}/retry`, {}, KEY],
  ['a reversal', 'POST', `/v1/compensations/${ID.paidCompensation}/reverse`, { reason: 'x' }, KEY],
  ['a dismissal', 'POST', `/v1/incidents/${ID.openIncident}/dismiss`, { reason: 'x' }],
  ['a release', 'POST', `/v1/holds/${ID.hold}/release`, { held_items: 'pay' }],
  ['a second message', 'POST', `/v1/messages/${ID.sentMessage}/resend`, {}],
];

describe.each(CHANGES)('%s', (_name, method, path, sent, headers = {}) => {
  const own = /\/(block|approve|reject|retry|reverse|dismiss|release|resend)$/;

  it.each(['"c7"', '"not-a-tag-of-ours"'])(
    'under the stale tag %s is refused with the tag that a GET gives',
    async (tag) => {
      const body = typeof sent === 'function' ? await (sent as typeof rule)() : sent;
      const stale = await api.call(path, {
        method,
        body,
        headers: { ...headers, 'If-Match': tag },
      });
      const now = await api.call(path.replace(own, ''));

      expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
      expect(stale.etag).toBe(now.etag);
    },
  );
});

it('an approval without If-Match is refused with the tag that a GET gives', async () => {
  const path = `/v1/approvals/${ID.approval}`;
  const answer = await api.call(`${path}/approve`, { method: 'POST', body: {}, headers: KEY });

  expect([answer.status, answer.etag]).toEqual([428, (await api.call(path)).etag]);
});
