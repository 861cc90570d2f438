import fc from 'fast-check';
import { fromStripeAmount, toStripeAmount } from './stripe-amount';

describe('a sum as Stripe counts it', () => {
  it.each([
    ['EUR', 700n, 700],
    ['JPY', 700n, 700],
    ['KWD', 7000n, 7000],
    ['KWD', 7001n, undefined],
    ['ISK', 7n, 700],
    ['UGX', 7n, 700],
    ['MGA', 700n, 7],
    ['MGA', 720n, undefined],
    ['EUR', 10n ** 12n, undefined],
    ['ZZZ', 1n, undefined],
  ])('%s %s is %s', (currency, minor, amount) => {
    expect(toStripeAmount({ minor, currency })).toBe(amount);
  });

  it('is the same sum when it comes back', () => {
    const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'ISK', 'UGX', 'MGA', 'CLF');
    fc.assert(
      fc.property(currency, fc.bigInt({ min: 1n, max: 10n ** 9n }), (code, minor) => {
        const amount = toStripeAmount({ minor, currency: code });
        if (amount === undefined) return;
        expect(fromStripeAmount(amount, code.toLowerCase())).toEqual({ minor, currency: code });
      }),
    );
  });

  it('is none where Stripe speaks of half an unit, or of no currency', () => {
    expect(fromStripeAmount(750, 'isk')).toBeUndefined();
    expect(fromStripeAmount(7, 'zzz')).toBeUndefined();
    expect(fromStripeAmount(0.5, 'eur')).toBeUndefined();
  });
});
