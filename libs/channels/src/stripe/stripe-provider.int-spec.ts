import type { PayoutAttempt } from '@amends/application';
import { SimulatedProvider, StripeDialect, type Fault } from '@amends/testing';
import Stripe from 'stripe';
import { StripeProvider } from './stripe-provider';

const WEBHOOK_SECRET = 'whsec_of_the_endpoint';
const SECRET_KEY = 'rk_test_restricted';
const HOUR_MS = 3_600_000;

describe('refunds through Stripe', () => {
  let nowMs = Date.parse('2026-03-01T00:00:00Z');
  let stripe: SimulatedProvider;
  let provider: StripeProvider;

  beforeAll(async () => {
    stripe = await SimulatedProvider.start({
      personality: 'first-body',
      dialect: new StripeDialect({ secretKey: SECRET_KEY, webhookSecret: WEBHOOK_SECRET }),
      now: () => nowMs,
    });
    provider = new StripeProvider({
      secretKey: SECRET_KEY,
      webhookSecret: WEBHOOK_SECRET,
      baseUrl: new URL(stripe.url),
      timeoutMs: 300,
    });
  });
  afterAll(() => stripe.close());

  let count = 0;
  function attempt(overrides: Partial<PayoutAttempt> = {}): PayoutAttempt {
    count += 1;
    const payment = overrides.payment ?? `pi_${String(count)}`;
    if (overrides.payment === undefined) {
      stripe.book.capture(payment, { minor: 1000n, currency: 'EUR' });
    }
    return {
      key: `cmp_${String(count)}_1`,
      kind: 'refund',
      money: { minor: 700n, currency: 'EUR' },
      compensationId: `cmp_${String(count)}`,
      incidentId: null,
      customerId: 'c',
      payment,
      orderId: null,
      isResend: false,
      traceparent: null,
      ...overrides,
    };
  }
  const again = (one: PayoutAttempt): PayoutAttempt => ({ ...one, isResend: true });
  const moved = ({ key }: PayoutAttempt) =>
    stripe.movements.filter((movement) => movement.key === key).length;
  const reference = ({ key, payment }: PayoutAttempt, providerRef: string | null = null) => ({
    key,
    payment,
    providerRef,
  });

  it.each(['pi_of_an_intent', 'ch_of_a_charge'])('go back to the payment %s', async (payment) => {
    stripe.book.capture(payment, { minor: 1000n, currency: 'EUR' });
    const one = attempt({ payment });

    const answer = await provider.send(one);

    expect(answer).toMatchObject({ kind: 'accepted', isPending: false });
    expect(stripe.movements.at(-1)).toMatchObject({ payment, money: one.money, key: one.key });
    expect(await provider.query(reference(one))).toEqual(answer);
    expect(await provider.readPayment(payment)).toEqual({
      kind: 'captured',
      money: { minor: 1000n, currency: 'EUR' },
    });
  });

  it('are pending where Stripe says so, and failed where they fail later', async () => {
    const one = attempt();
    stripe.script('fail-later');
    const answer = await provider.send(one);
    expect(answer).toMatchObject({ kind: 'accepted', isPending: true });
    const ref = answer.kind === 'accepted' ? answer.providerRef : null;

    nowMs += 4 * 24 * HOUR_MS;

    expect(await provider.query(reference(one, ref))).toMatchObject({
      kind: 'rejected',
      code: 'expired_or_canceled_card',
    });
  });

  it.each<[Fault, string, number]>([
    ['error-before', 'HTTP 500 StripeAPIError', 0],
    ['error-after', 'HTTP 500 StripeAPIError', 1],
    ['cut-before', 'HTTP 0 StripeConnectionError', 0],
    ['cut-after', 'HTTP 0 StripeConnectionError', 1],
    ['hang-after', 'HTTP 0 StripeConnectionError', 1],
  ])('guarantee 7: %s: nobody can tell (%s)', async (fault, reason, times) => {
    const one = attempt();
    stripe.script(fault);

    const before = stripe.requests.length;
    expect(await provider.send(one)).toEqual({ kind: 'unknown', reason });
    // Whether it is sent again is the payer's to decide.
    expect(stripe.requests).toHaveLength(before + 1);
    expect(moved(one)).toBe(times);
    expect((await provider.query(reference(one))).kind).toBe(
      times === 1 ? 'accepted' : 'not_found',
    );
  });

  it('guarantee 2: answers a repeat as before, a kept 500 too', async () => {
    const one = attempt();
    stripe.script('cut-after');
    await provider.send(one);
    expect((await provider.send(again(one))).kind).toBe('accepted');

    const other = attempt();
    stripe.script('error-after');
    await provider.send(other);
    expect((await provider.send(again(other))).kind).toBe('unknown');
    expect([moved(one), moved(other)]).toEqual([1, 1]);
  });

  it('says "later" for too many requests, and for a key that is just being worked on', async () => {
    const one = attempt();
    stripe.script('too-many-requests');
    expect(await provider.send(one)).toMatchObject({ kind: 'unknown', retryAfterMs: 2_000 });

    stripe.script('late');
    const late = attempt();
    await provider.send(late);
    expect(await provider.send(again(late))).toMatchObject({
      kind: 'unknown',
      reason: 'HTTP 409 idempotency_key_in_use',
    });
  });

  it('never takes a key that came with another sum for a failure', async () => {
    const one = attempt();
    await provider.send(one);
    const other = { ...again(one), money: { minor: 1n, currency: 'EUR' } };

    expect((await provider.send(other)).kind).toBe('unknown');
  });

  it('stops at a disputed charge: refunded and charged back, it would be paid twice', async () => {
    stripe.book.capture('pi_disputed', { minor: 1000n, currency: 'EUR' }, { isDisputed: true });

    expect(await provider.send(attempt({ payment: 'pi_disputed' }))).toEqual({
      kind: 'rejected',
      code: 'charge_disputed',
      proof: 'HTTP 400 charge_disputed',
    });
  });

  it('finds its own refund behind "already refunded", and else takes it for a refusal', async () => {
    const money = { minor: 1000n, currency: 'EUR' };
    const one = attempt({ money });
    stripe.script('cut-after');
    await provider.send(one);
    nowMs += 25 * HOUR_MS;

    expect(await provider.send(again(one))).toMatchObject({ kind: 'accepted' });
    expect(moved(one)).toBe(1);
    expect(await provider.send(attempt({ payment: one.payment }))).toMatchObject({
      kind: 'rejected',
      code: 'charge_already_refunded',
    });
  });

  it('waits for balance, and for a key that is let in', async () => {
    stripe.book.balances.set('EUR', 0n);
    expect(await provider.send(attempt())).toMatchObject({
      kind: 'rejected',
      code: 'balance_insufficient',
      passes: 'account',
    });
    stripe.book.balances.delete('EUR');
    const stranger = new StripeProvider({ secretKey: 'rk_other', baseUrl: new URL(stripe.url) });
    const one = attempt();
    expect(await stranger.send(one)).toMatchObject({ kind: 'rejected', passes: 'account' });
    expect((await stranger.send(again(one))).kind).toBe('unknown');
    expect((await stranger.query(reference(one))).kind).toBe('unknown');
  });

  it('takes the first refusal said again for what it was', async () => {
    stripe.book.balances.set('EUR', 0n);
    const one = attempt();
    await provider.send(one);
    stripe.book.balances.delete('EUR');

    expect(await provider.send(again(one))).toMatchObject({ code: 'balance_insufficient' });
  });

  it('sends nothing that Stripe could not pay to the last unit', async () => {
    const before = stripe.requests.length;
    const money = { minor: 7001n, currency: 'KWD' };

    expect(await provider.send(attempt({ money }))).toMatchObject({ code: 'amount_not_payable' });
    expect(stripe.requests).toHaveLength(before);
  });

  it('does not know a payment that nobody made', async () => {
    expect(await provider.readPayment('pi_nobody')).toEqual({ kind: 'not_found' });
    expect(await provider.send(attempt({ payment: 'pi_nobody' }))).toMatchObject({
      kind: 'rejected',
      code: 'resource_missing',
    });
  });

  it('lists all that was refunded in a time, whoever asked for it', async () => {
    nowMs += HOUR_MS;
    const fromMs = nowMs;
    const keys = [];
    for (let refund = 0; refund < 130; refund += 1) {
      const { key, payment, money } = attempt();
      stripe.book.refund({ key, payment: payment ?? '', money });
      keys.push(key);
    }
    nowMs += HOUR_MS;

    const listed = [];
    for await (const payout of provider.list(fromMs, nowMs)) listed.push(payout);

    expect(listed.map(({ key }) => key)).toEqual(keys.reverse());
    expect(listed[0]).toMatchObject({
      money: { minor: 700n, currency: 'EUR' },
      status: 'succeeded',
      createdAtMs: fromMs,
    });
  });

  describe('webhooks', () => {
    const hookFor = async () => {
      const one = attempt();
      await provider.send(one);
      const refund = stripe.book.findByKey(one.key);
      if (!refund) throw new Error('nothing was refunded');
      const { body, headers } = stripe.announce(refund);
      return { one, refund, bytes: Buffer.from(body), headers };
    };

    it('are read once their signature over the very bytes is right', async () => {
      const { one, refund, bytes, headers } = await hookFor();

      expect(provider.readHook({ bytes, headers })).toEqual({
        kind: 'about',
        id: `evt_${refund.id}_succeeded`,
        key: one.key,
        providerRef: refund.id,
      });
    });

    it.each<[string, (bytes: Buffer) => Buffer, string]>([
      ['with another body', (bytes) => Buffer.concat([bytes, Buffer.from(' ')]), WEBHOOK_SECRET],
      ['signed by somebody else', (bytes) => bytes, 'whsec_other'],
    ])('are refused %s', async (_how, change, secret) => {
      const { bytes, headers } = await hookFor();
      const other = new StripeProvider({ secretKey: SECRET_KEY, webhookSecret: secret });

      expect(other.readHook({ bytes: change(bytes), headers })).toEqual({ kind: 'not_signed' });
    });

    it('are refused when they are old, without a signature, or without a secret', async () => {
      const { bytes } = await hookFor();
      const old = Stripe.webhooks.generateTestHeaderString({
        payload: bytes.toString(),
        secret: WEBHOOK_SECRET,
        timestamp: Math.floor(Date.now() / 1000) - 301,
      });
      const plain = new StripeProvider({ secretKey: SECRET_KEY });
      const headers = { 'stripe-signature': old };

      expect(provider.readHook({ bytes, headers })).toEqual({ kind: 'not_signed' });
      expect(provider.readHook({ bytes, headers: {} })).toEqual({ kind: 'not_signed' });
      expect(plain.readHook({ bytes, headers })).toEqual({ kind: 'not_signed' });
    });

    it('about anything else are none of ours', () => {
      const payload = JSON.stringify({
        id: 'evt_1',
        object: 'event',
        type: 'charge.updated',
        data: { object: { id: 'ch_1', object: 'charge' } },
      });
      const signature = Stripe.webhooks.generateTestHeaderString({
        payload,
        secret: WEBHOOK_SECRET,
      });
      const hook = { bytes: Buffer.from(payload), headers: { 'stripe-signature': signature } };

      expect(provider.readHook(hook)).toEqual({ kind: 'other' });
    });
  });
});
