import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;
const keys: Record<string, string> = {};
let counter = 0;

beforeAll(async () => {
  api = await startApi(database().url);
  for (const role of ['editor', 'approver', 'manager']) {
    const { body } = await api.call('/v1/api-keys', { method: 'POST', body: { name: role, role } });
    keys[role] = body.secret as string;
  }
});

afterAll(() => api.close());

const act = (path: string, body: unknown, role?: string, headers: Record<string, string> = {}) =>
  api.call(path, {
    method: 'POST',
    body,
    ...(role === undefined ? {} : { key: keys[role] ?? '' }),
    headers: { 'Idempotency-Key': `key-${String((counter += 1))}`, ...headers },
  });
const give = (customer: string, value: string, role?: string, more: object = {}) =>
  act(
    '/v1/compensations',
    {
      customer_id: customer,
      as: 'credit',
      amount: { value, currency: 'CNY' },
      reason: 'spoiled food',
      ...more,
    },
    role,
  );
const wallet = async (customer: string) =>
  (await api.call(`/v1/wallets/${customer}`)).body.balances as unknown[];

describe('goodwill by hand', () => {
  it('within the limit of an agent is paid at once', async () => {
    const { status, body, headers } = await give('g1', '20.00', 'editor');

    expect([status, headers.get('location')]).toEqual([
      201,
      `/v1/compensations/${String(body.id)}`,
    ]);
    expect(body).toMatchObject({
      customer_id: 'g1',
      as: 'credit',
      state: 'paid',
      approval_id: null,
      amount: { value: '20.00', currency: 'CNY' },
      attempts: [{ kind: 'payout', provider: 'wallet', state: 'succeeded' }],
    });
    expect(await wallet('g1')).toEqual([{ value: '20.00', currency: 'CNY' }]);
  });

  it('over it waits for another person; a Manager has no such limit', async () => {
    const agent = await give('g2', '20.01', 'editor');
    const manager = await give('g3', '500.00', 'manager');

    expect(agent.body).toMatchObject({
      state: 'review',
      approval_id: expect.stringMatching(/^apr_/),
    });
    expect(await wallet('g2')).toEqual([]);
    expect(manager.body.state).toBe('paid');
  });

  it.each([
    ['zero', { amount: { value: '0.00', currency: 'CNY' } }, '/amount/value', 'not_positive'],
    [
      'a negative sum',
      { amount: { value: '-5.00', currency: 'CNY' } },
      '/amount/value',
      'not_positive',
    ],
    ['a float', { amount: { value: 5, currency: 'CNY' } }, '/amount/value', 'wrong_type'],
    ['a bare number', { amount: 5 }, '/amount', 'wrong_type'],
    [
      'decimals that yen lack',
      { amount: { value: '5.5', currency: 'JPY' } },
      '/amount/value',
      'too_many_decimals',
    ],
    [
      'a currency of the past',
      { amount: { value: '5.00', currency: 'ITL' } },
      '/amount/currency',
      'unknown_currency',
    ],
    ['a refund of no payment', { as: 'refund' }, '/payment', 'required'],
    ['an unknown template', { template: 'none' }, '/template', 'not_found'],
    ['an unknown incident', { incident_id: 'inc_1' }, '/incident_id', 'not_found'],
    ['nobody', { customer_id: '' }, '/customer_id', 'too_small'],
  ])('%s is refused', async (_name, more, pointer, code) => {
    const { status, body } = await give('g4', '5.00', undefined, more);

    expect([status, body.errors]).toMatchObject([422, [{ pointer, code }]]);
  });
});

describe('an approval', () => {
  it('is decided by another person, who may give less, and only once', async () => {
    const { body: asked } = await give('a1', '40.00', 'editor');
    const path = `/v1/approvals/${String(asked.approval_id)}`;
    const { etag } = await api.call(path);
    const body = { note: 'photo checked', amount: { value: '15.00', currency: 'CNY' } };

    expect((await act(`${path}/approve`, body, 'approver')).status).toBe(428);
    const stale = await act(`${path}/approve`, body, 'approver', { 'If-Match': '"a9"' });
    expect([stale.status, stale.etag]).toEqual([412, etag]);
    const done = await act(`${path}/approve`, body, 'approver', { 'If-Match': etag ?? '' });
    const again = await act(`${path}/approve`, body, 'manager', { 'If-Match': '*' });

    expect(done.body).toMatchObject({
      state: 'approved',
      note: 'photo checked',
      amount: { value: '15.00' },
      compensation: { id: asked.id, state: 'paid' },
    });
    expect([again.status, again.body.code, again.body.decided_by]).toEqual([
      409,
      'already_decided',
      done.body.decided_by,
    ]);
    expect(await wallet('a1')).toEqual([{ value: '15.00', currency: 'CNY' }]);
  });

  it('is never given by whoever asked for it, nor withheld', async () => {
    const { body: asked } = await give('a2', '40.00', 'approver');
    const path = `/v1/approvals/${String(asked.approval_id)}`;
    const own = await act(`${path}/approve`, {}, 'approver', { 'If-Match': '*' });
    const ownNo = await act(`${path}/reject`, { note: 'changed my mind' }, 'approver');

    expect([own.status, own.body.code]).toEqual([403, 'self_approval']);
    expect([ownNo.status, ownNo.body.code]).toEqual([403, 'self_approval']);
  });

  it('may be refused, with a note; more than was asked is not given', async () => {
    const { body: asked } = await give('a3', '40.00', 'editor');
    const path = `/v1/approvals/${String(asked.approval_id)}`;
    const more = { amount: { value: '41.00', currency: 'CNY' } };

    expect((await act(`${path}/approve`, more, 'approver', { 'If-Match': '*' })).status).toBe(422);
    expect((await act(`${path}/reject`, {}, 'approver')).status).toBe(422);
    const denied = await act(`${path}/reject`, { note: 'no photo' }, 'approver');
    const done = await act(`${path}/reject`, { note: 'no photo' }, 'manager', {
      'If-Match': '"a1"',
    });
    // Only a Manager denies a customer.
    expect([denied.status, denied.body.code]).toEqual([403, 'forbidden']);
    expect(done.body).toMatchObject({ state: 'rejected', compensation: { state: 'rejected' } });
    expect(await wallet('a3')).toEqual([]);
  });

  it('of two people who decide at once, one does', async () => {
    const { body: asked } = await give('a4', '40.00', 'editor');
    const path = `/v1/approvals/${String(asked.approval_id)}/approve`;
    const answers = await Promise.all(
      ['approver', 'manager', 'approver', 'manager'].map((role) =>
        act(path, {}, role, { 'If-Match': '*' }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await wallet('a4')).toEqual([{ value: '40.00', currency: 'CNY' }]);
  });
});

describe('taking back', () => {
  it('a credit leaves the wallet again, once', async () => {
    const { body } = await give('r1', '9.00');
    const path = `/v1/compensations/${String(body.id)}/reverse`;
    const done = await act(path, { reason: 'wrong customer' });
    const again = await act(path, { reason: 'wrong customer' });
    const { body: after } = await api.call('/v1/wallets/r1');

    expect([done.status, done.body.state]).toEqual([200, 'reversed']);
    expect(again.status).toBe(409);
    expect(after.balances).toEqual([{ value: '0.00', currency: 'CNY' }]);
    expect((after.postings as { kind: string }[]).map(({ kind }) => kind)).toEqual([
      'reverse',
      'settle',
    ]);
  });
});

describe('more than one person may decide about', () => {
  beforeAll(async () => {
    const { body, etag } = await api.call('/v1/settings');
    const second_approver_over = [{ value: '50.00', currency: 'CNY' }];
    const put = await api.call('/v1/settings', {
      method: 'PUT',
      body: { ...body, second_approver_over },
      headers: { 'If-Match': etag ?? '' },
    });
    expect(put.status).toBe(200);
  });
  afterAll(async () => {
    const { body, etag } = await api.call('/v1/settings');
    await api.call('/v1/settings', {
      method: 'PUT',
      body: { ...body, second_approver_over: [] },
      headers: { 'If-Match': etag ?? '' },
    });
  });

  /** Paid by two people. */
  async function paid(customer: string): Promise<string> {
    const { body } = await give(customer, '51.00');
    for (const role of ['approver', 'manager']) {
      const path = `/v1/approvals/${String(body.approval_id)}/approve`;
      expect((await act(path, {}, role, { 'If-Match': '*' })).status).toBe(200);
    }
    return `/v1/compensations/${String(body.id)}`;
  }

  it('is shown to the second as the first has lowered it, who agrees to nothing else', async () => {
    const { body } = await give('s1', '60.00');
    const path = `/v1/approvals/${String(body.approval_id)}`;
    const { etag: seen } = await api.call(path);
    const amount = { value: '55.00', currency: 'CNY' };
    const first = await act(`${path}/approve`, { amount }, 'approver', { 'If-Match': seen ?? '' });
    const stale = await act(`${path}/approve`, {}, 'manager', { 'If-Match': seen ?? '' });
    const shown = await api.call(path);

    expect([first.status, first.body.state]).toEqual([200, 'open']);
    expect([stale.status, stale.etag]).toEqual([412, shown.etag]);
    expect(shown.body).toMatchObject({
      amount: { value: '60.00', currency: 'CNY' },
      first_approved_amount: amount,
      first_approved_by: expect.stringMatching(/^key_/),
      first_approved_at: expect.stringMatching(/^20/),
    });
    const more = { amount: { value: '55.01', currency: 'CNY' } };
    const tag = { 'If-Match': shown.etag ?? '' };
    expect((await act(`${path}/approve`, more, 'manager', tag)).status).toBe(422);
    const second = await act(`${path}/approve`, {}, 'manager', tag);
    expect(second.body).toMatchObject({ state: 'approved', amount });
    expect(await wallet('s1')).toEqual([amount]);
  });

  it('if it is to be taken back, waits for another, and is among the approvals', async () => {
    const path = await paid('t1');
    const before = await api.call(path);
    const reason = 'wrong customer';
    const key = { 'Idempotency-Key': 'reverse-t1' };
    const asked = await act(`${path}/reverse`, { reason }, 'approver', key);
    const replayed = await act(`${path}/reverse`, { reason }, 'approver', key);

    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({ id: before.body.id, state: 'paid' });
    expect(asked.body.approval_id).not.toBe(before.body.approval_id);
    expect(asked.headers.get('location')).toBe(`/v1/approvals/${String(asked.body.approval_id)}`);
    expect(asked.etag).not.toBe(before.etag);
    expect([replayed.status, replayed.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    expect(await wallet('t1')).toEqual([{ value: '51.00', currency: 'CNY' }]);

    const waiting = await api.call(`/v1/approvals?state=open&customer_id=t1`);
    expect(waiting.body.items).toMatchObject([
      {
        id: asked.body.approval_id,
        amount: { value: '51.00', currency: 'CNY' },
        change: {
          action: 'compensation.reverse',
          about: `compensation:${String(before.body.id)}`,
          to: { reason },
        },
        compensation: { id: before.body.id, state: 'paid' },
      },
    ]);
    const approval = `/v1/approvals/${String(asked.body.approval_id)}`;
    const { etag } = await api.call(approval);
    const own = await act(`${approval}/approve`, {}, 'approver', { 'If-Match': '*' });
    const stale = await act(`${approval}/approve`, {}, 'manager', { 'If-Match': '"a7"' });
    const done = await act(`${approval}/approve`, {}, 'manager', { 'If-Match': etag ?? '' });
    const again = await act(`${path}/reverse`, { reason }, 'manager');

    expect([own.status, own.body.code, stale.status, stale.etag]).toEqual([
      403,
      'self_approval',
      412,
      etag,
    ]);
    expect([done.status, done.body.state, done.body.compensation.state]).toEqual([
      200,
      'approved',
      'reversed',
    ]);
    expect([again.status, again.body.reason]).toEqual([409, 'reversed']);
    expect(await wallet('t1')).toEqual([{ value: '0.00', currency: 'CNY' }]);
  });

  it('is not asked for with a stale tag', async () => {
    const path = await paid('t2');
    const answer = await act(`${path}/reverse`, { reason: 'x' }, 'approver', {
      'If-Match': '"r1"',
    });

    expect(answer.status).toBe(412);
    expect((await api.call(`/v1/approvals?state=open&customer_id=t2`)).body.items).toEqual([]);
  });
});

describe('a budget', () => {
  const put = (id: string, body: unknown, headers: Record<string, string>) =>
    api.call(`/v1/budgets/${id}`, { method: 'PUT', body, headers });
  const limit = (value: string) => ({ period: 'ever', limit: { value, currency: 'GBP' } });

  it('guarantee 4: is never passed by so much as a penny', async () => {
    await put('uk', limit('10.00'), { 'If-None-Match': '*' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        give(`b${String(n)}`, '3.00', 'manager', { amount: { value: '3.00', currency: 'GBP' } }),
      ),
    );
    const states = answers.map(({ body }) => body.state as string).sort();
    const { body } = await api.call('/v1/budgets/uk');

    expect(states).toEqual(['paid', 'paid', 'paid', 'review', 'review', 'review']);
    expect(body).toMatchObject({ spent: { value: '9.00' }, reserved: { value: '0.00' } });
  });

  it('cannot be set below what is spent, nor stand twice for one currency', async () => {
    const below = await put('uk', limit('8.99'), { 'If-Match': '"b1"' });
    const other = await put('uk-2', limit('5.00'), { 'If-None-Match': '*' });
    const currency = { ...limit('50.00'), limit: { value: '50.00', currency: 'EUR' } };

    expect([below.status, below.body.code]).toEqual([409, 'limit_below_spent']);
    expect([other.status, other.body.code]).toEqual([409, 'currency_taken']);
    expect((await put('uk', currency, { 'If-Match': '*' })).status).toBe(422);
    expect((await put('uk', limit('9.00'), { 'If-Match': '"b1"' })).status).toBe(200);
  });

  it('may be given another period, and knows what it has spent in that', async () => {
    const ofDay = { ...limit('9.50'), period: 'day' };
    const changed = await put('uk', ofDay, { 'If-Match': '*' });

    expect([changed.status, changed.body.period]).toEqual([200, 'day']);
    expect(changed.body.spent).toEqual({ value: '9.00', currency: 'GBP' });
    expect((await put('uk', limit('9.00'), { 'If-Match': '*' })).status).toBe(200);
  });

  it('may be one of a brand, beside that of the account, and stays of that brand', async () => {
    const ofAcme = { ...limit('7.00'), brand: 'acme' };
    const made = await put('uk-acme', ofAcme, { 'If-None-Match': '*' });
    const twice = await put('uk-acme-2', ofAcme, { 'If-None-Match': '*' });
    const moved = await put('uk-acme', limit('7.00'), { 'If-Match': '*' });

    expect([made.status, made.body.brand]).toEqual([201, 'acme']);
    expect([twice.status, twice.body.budget]).toEqual([409, 'uk-acme']);
    expect([moved.status, moved.body.errors]).toMatchObject([
      422,
      [{ pointer: '/brand', code: 'immutable' }],
    ]);
    expect((await api.call('/v1/budgets/uk')).body.brand).toBeNull();
  });
});

describe('a hold', () => {
  it.each([
    ['no scope', {}],
    ['an empty label', { label: {} }],
    ['an empty filter', { event_filter: {} }],
    ['a misspelt scope', { rules: 'x' }],
    ['a filter that is none', { event_filter: { 'data.x': { almost: 3 } } }],
  ])('with %s is refused: it would stop nothing', async (_name, scope) => {
    const body = { scope, what: ['payments'], reason: 'stop' };
    const answer = await api.call('/v1/holds', { method: 'POST', body });

    expect(answer.status).toBe(422);
  });

  it('keeps what is given meanwhile, and says what it affects', async () => {
    const body = { scope: { customer: 'h1' }, what: ['payments'], reason: 'fraud?' };
    const hold = await api.call('/v1/holds', { method: 'POST', body });
    const given = await give('h1', '5.00');

    expect(hold.body).toMatchObject({
      state: 'active',
      // Nobody has heard of them before: the hold is laid all the same.
      warnings: [{ pointer: '/scope/customer', code: 'unknown_customer' }],
      affects: { rules_live: 0, per_hour: { payments: 0, money: [] } },
      in_flight: [],
    });
    expect(given.body).toMatchObject({ state: 'held', held_by: hold.body.id });
    const released = await api.call(`/v1/holds/${String(hold.body.id)}/release`, {
      method: 'POST',
      body: { held_items: 'drop' },
    });
    expect(released.body).toMatchObject({ items: 1, money: [{ value: '5.00', currency: 'CNY' }] });
    const job = `/v1/jobs/${String(released.body.job)}`;
    expect((await api.call(job)).body).toMatchObject({
      action: 'hold.release',
      about: `hold:${String(hold.body.id)}`,
      state: 'running',
      total: 1,
      done: 0,
    });
    expect((await api.call(job, { method: 'DELETE' })).status).toBe(204);
    expect((await api.call(job, { method: 'DELETE' })).status).toBe(409);
    expect((await api.call(job)).body).toMatchObject({ state: 'cancelled' });
    const again = await api.call(`/v1/holds/${String(hold.body.id)}/release`, {
      method: 'POST',
      body: { held_items: 'drop' },
    });
    expect(again.body).toMatchObject({ state: 'released', items: 1 });
    const twice = await api.call(`/v1/holds/${String(hold.body.id)}/release`, {
      method: 'POST',
      body: { held_items: 'pay' },
    });
    expect(twice.status).toBe(409);
  });
});

it('guarantee 5: every change of this file has its audit row, with actor and request', async () => {
  const { body } = await api.call('/v1/audit?limit=200');
  const actions = new Set((body.items as { action: string }[]).map(({ action }) => action));

  expect([...actions]).toEqual(
    expect.arrayContaining([
      'api_key.create',
      'compensation.create',
      'approval.approve',
      'approval.reject',
      'compensation.reverse',
      'budget.create',
      'budget.change',
      'hold.create',
      'hold.release',
    ]),
  );
  const byPeople = (body.items as { actor: { kind: string }; request_id: string | null }[]).filter(
    ({ actor }) => actor.kind === 'key',
  );
  expect(byPeople.every(({ request_id }) => request_id !== null)).toBe(true);
});
