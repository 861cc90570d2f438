import { startStripeMock, type StripeMock } from '@amends/testing';
import { StripeProvider } from './stripe-provider';

/** What we send fits Stripe's own OpenAPI document; how Stripe behaves is in the other spec. */
describe('refunds against stripe-mock', () => {
  let mock: StripeMock;
  let provider: StripeProvider;
  beforeAll(async () => {
    mock = await startStripeMock();
    provider = new StripeProvider({ secretKey: 'sk_test_123', baseUrl: new URL(mock.url) });
  }, 330_000);
  afterAll(() => mock.close());

  it.each(['pi_123', 'ch_123'])(
    'are taken for %s, and read from what it answers',
    async (payment) => {
      const answer = await provider.send({
        key: 'cmp_1_1',
        kind: 'refund',
        money: { minor: 700n, currency: 'USD' },
        compensationId: 'cmp_1',
        incidentId: null,
        customerId: 'c',
        payment,
        orderId: null,
        isResend: false,
        traceparent: null,
      });

      expect(answer).toMatchObject({
        kind: 'accepted',
        providerRef: expect.stringMatching(/^re_/) as string,
      });
    },
  );

  it('are asked for by id, and looked for in the list of a payment', async () => {
    const reference = { key: 'cmp_1_1', payment: 'pi_123' };

    expect((await provider.query({ ...reference, providerRef: 're_123' })).kind).toBe('accepted');
    expect(await provider.query({ ...reference, providerRef: null })).toEqual({
      kind: 'not_found',
    });
  });

  it.each(['pi_123', 'ch_123'])('know the currency that %s was captured in', async (payment) => {
    expect(await provider.readPayment(payment)).toMatchObject({
      kind: 'captured',
      money: { currency: 'USD' },
    });
  });

  it('are listed', async () => {
    const listed = [];
    for await (const payout of provider.list(0, Date.now())) listed.push(payout);

    expect(listed[0]).toMatchObject({ providerRef: expect.stringMatching(/^re_/) as string });
  });
});
