import fc from 'fast-check';
import type { Pay } from '../rule-document';
import { minorDigits } from '../values';
import { compilePay } from './compile-pay';

/** A rational number: numerator / denominator, denominator > 0. */
type Ratio = readonly [bigint, bigint];

const less = ([a, b]: Ratio, [c, d]: Ratio): boolean => a * d < c * b;

/** Reads a decimal in plain or scientific form. */
function ratio(text: string): Ratio {
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift < 0 ? [digits, 10n ** BigInt(-shift)] : [digits * 10n ** BigInt(shift), 1n];
}

/** floor(x + 1/2) */
function halfUp([a, b]: Ratio): bigint {
  const [numerator, denominator] = [2n * a + b, 2n * b];
  const quotient = numerator / denominator;
  return numerator % denominator < 0n ? quotient - 1n : quotient;
}

const currency = fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF');
const decimal = (places: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: -100, max: 100_000 }), fc.nat({ max: 10 ** places - 1 }))
    .map(([whole, part]) =>
      places ? `${whole}.${String(part).padStart(places, '0')}` : `${whole}`,
    );
const percent = fc.oneof(
  fc.integer({ min: 1, max: 300 }),
  fc.constantFrom(12.5, 33.3, 0.1, 66.67, 1e-7, 0.3, 2.675),
  fc.double({ min: 1e-9, max: 200, noNaN: true }),
);

describe('money rounding, against fractions', () => {
  it('is amount × units, min, max, then one rounding half up, to the cent', () => {
    const cases = currency.chain((code) => {
      const places = minorDigits(code) ?? 0;
      const bound = fc.option(
        decimal(places).filter((text) => !text.startsWith('-')),
        { nil: undefined },
      );
      return fc.record({
        code: fc.constant(code),
        of: fc.nat({ max: 9 }).chain(decimal),
        percent,
        units: fc.integer({ min: 1, max: 60 }),
        min: bound,
        max: bound,
      });
    });
    fc.assert(
      fc.property(cases, ({ code, of, percent: rate, units, min, max }) => {
        const pay: Pay = {
          as: 'credit',
          amount: { percent: rate, of: 'data.price' },
          ...(min === undefined ? {} : { min: `${min} ${code}` }),
          ...(max === undefined ? {} : { max: `${max} ${code}` }),
        };
        const event = { data: { price: { value: of, currency: code } } };
        const scope = { event, vars: {}, facts: {} };
        const result = compilePay(pay, new Set()).amount(scope, BigInt(units));

        const [a, b] = ratio(of);
        const [p, q] = ratio(String(rate));
        let owed: Ratio = [a * p * BigInt(units), b * q * 100n];
        const positive = owed[0] > 0n;
        if (min !== undefined && less(owed, ratio(min))) owed = ratio(min);
        if (max !== undefined && less(ratio(max), owed)) owed = ratio(max);
        const minor = halfUp([owed[0] * 10n ** BigInt(minorDigits(code) ?? 0), owed[1]]);

        if (positive && minor > 0n) {
          expect(result).toMatchObject({ kind: 'pay', money: { minor, currency: code } });
        } else expect(result.kind).toBe('nothing');
      }),
      { numRuns: 3_000 },
    );
  });
});
