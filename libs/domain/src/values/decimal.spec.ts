import fc from 'fast-check';
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalFromNumber,
  decimalToString,
  multiplyDecimals,
  parseDecimal,
  subtractDecimals,
} from './decimal';

const decimal: fc.Arbitrary<Decimal> = fc.record({
  units: fc.bigInt({ min: 1n - 10n ** 15n, max: 10n ** 15n - 1n }),
  scale: fc.nat({ max: 9 }),
});

/** The value over the common denominator 10^18. */
const rational = (d: Decimal): bigint => d.units * 10n ** BigInt(18 - d.scale);

describe('decimal', () => {
  it.each([
    ['13.00', 1300n, 2],
    ['0', 0n, 0],
    ['-0.5', -5n, 1],
    ['007.10', 710n, 2],
    ['999999999999999.999999999', 999999999999999999999999n, 9],
  ])('reads %s', (text, units, scale) => {
    expect(parseDecimal(text)).toEqual({ units, scale });
  });

  it.each(['', '.5', '5.', '+5', '1e3', '1,5', ' 1', '1 ', '0x10', 'NaN', '1.2.3', '--1', '１'])(
    'refuses %p',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  it('refuses more than 15 digits before the point and 9 after', () => {
    expect(parseDecimal('1'.repeat(16))).toBeUndefined();
    expect(parseDecimal(`0.${'1'.repeat(10)}`)).toBeUndefined();
  });

  it.each([
    [12.5, '12.5'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [1.5e-7, '0.00000015'],
    [-3, '-3'],
  ])('takes the number %p by the decimal it is written as', (value, text) => {
    expect(decimalToString(decimalFromNumber(value) as Decimal)).toBe(text);
  });

  it('knows no decimal for NaN and infinity', () => {
    expect([NaN, Infinity, -Infinity].map(decimalFromNumber)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(decimal, (d) => {
        expect(parseDecimal(decimalToString(d))).toEqual(d);
      }),
    );
  });

  it('calculates as fractions do', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        expect(rational(addDecimals(a, b))).toBe(rational(a) + rational(b));
        expect(rational(subtractDecimals(a, b))).toBe(rational(a) - rational(b));
        expect(rational(multiplyDecimals(a, b)) * 10n ** 18n).toBe(rational(a) * rational(b));
        expect(Math.sign(compareDecimals(a, b))).toBe(
          rational(a) < rational(b) ? -1 : rational(a) > rational(b) ? 1 : 0,
        );
      }),
    );
  });
});
