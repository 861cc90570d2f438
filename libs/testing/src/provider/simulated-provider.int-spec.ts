import { Webhook } from 'standardwebhooks';
import { TRAITS, type Personality } from './personality';
import { SimulatedProvider, type Fault } from './simulated-provider';
import { StripeDialect } from './stripe-dialect';
import { WebhookDialect } from './webhook-dialect';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe.each<Personality>([
  'first-body',
  'latest-status',
  'only-success',
  'asynchronous',
  'no-change',
])('a simulated provider that is %s', (personality) => {
  let provider: SimulatedProvider;
  let nowMs = Date.parse('2026-03-01T00:00:00Z');
  const written: string[] = [];
  const traits = TRAITS[personality];
  const isAsynchronous = personality === 'asynchronous';
  const paid = isAsynchronous ? 202 : 200;

  beforeAll(async () => {
    provider = await SimulatedProvider.start({
      personality,
      dialect: new WebhookDialect(SECRET, personality),
      now: () => nowMs,
      write: ({ kind, key }) => written.push(`${kind} ${key}`),
    });
  });
  afterAll(() => provider.close());
  beforeEach(() => {
    written.length = 0;
    nowMs += DAY_MS;
    provider.book.capture('pay', { minor: 1_000_000_00n, currency: 'EUR' });
  });

  let count = 0;
  const newKey = () => `key_${String((count += 1))}`;
  async function call(method: 'POST' | 'GET', path: string, key: string, body = '') {
    const at = new Date();
    const response = await fetch(`${provider.url}${path}`, {
      method,
      signal: AbortSignal.timeout(200),
      headers: {
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(SECRET).sign(key, at, body),
      },
      ...(method === 'POST' && { body }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  const refund = (key: string, value = '7.00', payment = 'pay', currency = 'EUR') =>
    call('POST', '/', key, JSON.stringify({ data: { payment, amount: { value, currency } } }));
  const query = (key: string) => call('GET', `/?reference=${key}`, 'ask');
  const movedUnder = (key: string) =>
    provider.movements.filter((movement) => movement.kind === 'moved' && movement.key === key)
      .length;
  const outcome = (answer: Promise<{ status: number }>) =>
    answer.then(
      ({ status }) => status,
      () => 'no answer' as const,
    );

  it('writes a movement before it answers, and finds it by its reference', async () => {
    const key = newKey();
    expect((await refund(key)).status).toBe(paid);
    expect(written).toEqual([`moved ${key}`]);
    expect((await query(key)).body).toMatchObject({
      status: isAsynchronous ? 'pending' : 'succeeded',
      amount: { value: '7.00', currency: 'EUR' },
    });
    nowMs += traits.settlesAfterMs;
    expect((await query(key)).body).toMatchObject({ status: 'succeeded' });
    expect((await query('never sent')).status).toBe(404);
  });

  it('moves a key once while it knows it, and again once it does not', async () => {
    const key = newKey();
    const first = await refund(key);
    nowMs += traits.spacingMs;
    const again = await refund(key);
    expect(movedUnder(key)).toBe(1);
    expect(again.status).toBe(first.status);
    expect(again.body['changed']).toBe(personality === 'no-change' ? false : undefined);
    nowMs += traits.keyWindowMs;
    await refund(key);
    expect(movedUnder(key)).toBe(2);
  });

  it('refuses a key that comes with another sum', async () => {
    const key = newKey();
    await refund(key, '7.00');
    expect((await refund(key, '8.00')).status).toBe(400);
    expect(movedUnder(key)).toBe(1);
  });

  it.each<[Fault, number | 'no answer', number]>([
    ['too-many-requests', 429, 0],
    ['error-before', 500, 0],
    ['cut-before', 'no answer', 0],
    ['hang-before', 'no answer', 0],
    ['error-after', 500, 1],
    ['cut-after', 'no answer', 1],
    ['hang-after', 'no answer', 1],
    ['late', 'no answer', 0],
  ])('%s: the answer is %s, and so many moved: %i', async (fault, answer, moved) => {
    const key = newKey();
    provider.script(fault);
    expect(await outcome(refund(key))).toBe(answer);
    expect(movedUnder(key)).toBe(moved);
  });

  it('answers a repeat after a 500 that came too late in its own way', async () => {
    const key = newKey();
    provider.script('error-after');
    await refund(key);
    nowMs += traits.spacingMs;
    const again = await refund(key);
    expect(again.status).toBe(personality === 'first-body' ? 500 : paid);
    expect(movedUnder(key)).toBe(personality === 'only-success' ? 2 : 1);
  });

  it('says of what it works on late that it is in flight, and pays it though nobody waits', async () => {
    const key = newKey();
    provider.script('late');
    await outcome(refund(key));
    expect((await refund(key)).status).toBe(409);
    nowMs += 5 * 60_000;
    expect((await query(key)).status).toBe(paid);
    expect(movedUnder(key)).toBe(1);
  });

  it.each<[Fault, string]>([
    ['fail-later', 'pending'],
    ['fail-after-success', 'succeeded'],
  ])('%s: it is %s for days, then fails, and the money is back', async (fault, status) => {
    const key = newKey();
    provider.script(fault);
    await refund(key);
    nowMs += 2 * DAY_MS;
    expect((await query(key)).body).toMatchObject({ status });
    nowMs += 2 * DAY_MS;
    expect((await query(key)).body).toMatchObject({ status: 'failed' });
    expect(written).toEqual([`moved ${key}`, `returned ${key}`]);
  });

  it('refuses what must not move, by name', async () => {
    const money = { minor: 1000n, currency: 'EUR' };
    provider.book.capture('small', money);
    provider.book.capture('disputed', money, { isDisputed: true });
    const codeOf = async (...args: [string, string, string?]) =>
      (await refund(newKey(), ...args)).body['code'];
    expect(await codeOf('1.00', 'nobody knows it')).toBe('payment_not_found');
    expect(await codeOf('1.00', 'small', 'USD')).toBe('currency_mismatch');
    expect(await codeOf('1.00', 'disputed')).toBe('charge_disputed');
    expect(await codeOf('10.01', 'small')).toBe('amount_too_large');
    provider.book.balances.set('EUR', 50n);
    expect(await codeOf('1.00', 'small')).toBe('insufficient_balance');
    provider.book.balances.delete('EUR');
    expect((await refund(newKey(), '10.00', 'small')).status).toBe(paid);
    expect(await codeOf('1.00', 'small')).toBe('charge_already_refunded');
  });

  it('keeps refunds of one payment apart, and bounds their number', async () => {
    provider.book.capture('parts', { minor: 1_000_000n, currency: 'EUR' });
    await refund(newKey(), '0.01', 'parts');
    const soon = await refund(newKey(), '0.01', 'parts');
    expect(soon.status).toBe(traits.spacingMs > 0 ? 422 : paid);
    for (
      let part = provider.book.ofPayment('parts').length;
      part < traits.partialRefundsMax;
      part += 1
    ) {
      nowMs += traits.spacingMs;
      provider.book.refund({
        key: newKey(),
        payment: 'parts',
        money: { minor: 1n, currency: 'EUR' },
      });
    }
    nowMs += traits.spacingMs;
    expect((await refund(newKey(), '0.01', 'parts')).body['code']).toBe('too_many_refunds');
  });

  it('lists what it made, page by page, newest first', async () => {
    const fromMs = nowMs;
    const keys = Array.from({ length: 120 }, newKey);
    for (const key of keys) {
      provider.book.capture(`pay ${key}`, { minor: 1n, currency: 'EUR' });
      provider.book.refund({ key, payment: `pay ${key}`, money: { minor: 1n, currency: 'EUR' } });
    }
    const path = `/?from=${new Date(fromMs).toISOString()}&to=${new Date(nowMs + 1).toISOString()}`;
    const first = await call('GET', path, 'list');
    const second = await call('GET', `${path}&after=${String(first.body['next'])}`, 'list');
    const listed = [first, second].flatMap(({ body }) => body['refunds'] as { key: string }[]);
    expect(second.body['next']).toBeNull();
    expect(listed.map(({ key }) => key)).toEqual(keys.reverse());
  });

  it('lets nobody in who has not signed', async () => {
    const response = await fetch(provider.url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });
});

describe('a simulated provider that speaks like Stripe', () => {
  let provider: SimulatedProvider;
  beforeAll(async () => {
    provider = await SimulatedProvider.start({
      personality: 'first-body',
      dialect: new StripeDialect({ secretKey: 'rk_test_1', webhookSecret: 'whsec_test' }),
    });
    provider.book.capture('pi_1', { minor: 1000n, currency: 'EUR' });
  });
  afterAll(() => provider.close());

  const call = async (path: string, form?: Record<string, string>, token = 'rk_test_1') => {
    const response = await fetch(`${provider.url}/v1/${path}`, {
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': 'k' },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('takes a form, and answers with a refund that its list has too', async () => {
    const form = {
      payment_intent: 'pi_1',
      amount: '700',
      'metadata[amends_key]': 'k',
    };
    const { body } = await call('refunds', form);
    expect(body).toMatchObject({
      object: 'refund',
      amount: 700,
      currency: 'eur',
      payment_intent: 'pi_1',
    });
    const list = await call('refunds?payment_intent=pi_1');
    expect(list.body).toMatchObject({ has_more: false, data: [body] });
    expect((await call('payment_intents/pi_1')).body).toMatchObject({ amount_received: 1000 });
    expect((await call('refunds', { ...form, amount: '701' })).body).toMatchObject({
      error: { type: 'idempotency_error' },
    });
  });

  it('lets nobody in without the right key', async () => {
    expect((await call('refunds', undefined, 'rk_other')).status).toBe(401);
  });
});
