import fc from 'fast-check';
import { currencyCodes, minorDigits } from './currency';
import {
  type ExactMoney,
  formatMoney,
  moneyToJson,
  parseMoneyLiteral,
  readMoney,
  roundHalfUp,
  roundMoney,
} from './money';

describe('money in a rule', () => {
  it.each([
    ['13.00 CNY', 1300n, 'CNY'],
    ['13 CNY', 1300n, 'CNY'],
    ['13.5 CNY', 1350n, 'CNY'],
    ['500 JPY', 500n, 'JPY'],
    ['1.234 KWD', 1234n, 'KWD'],
    ['-5.00 EUR', -500n, 'EUR'],
  ])('reads %s', (text, minor, currency) => {
    expect(parseMoneyLiteral(text)).toEqual({ ok: true, money: { minor, currency } });
  });

  it.each([
    ['13.00', 'money_format'],
    ['13.00CNY', 'money_format'],
    ['13.00  CNY', 'money_format'],
    ['CNY 13.00', 'money_format'],
    ['13,00 CNY', 'money_format'],
    ['1e3 CNY', 'money_format'],
    ['13.00 cny', 'money_format'],
    ['13.00 XXX', 'unknown_currency'],
    ['13.00 ABC', 'unknown_currency'],
    ['13.001 CNY', 'too_many_decimals'],
    ['1.5 JPY', 'too_many_decimals'],
  ])('refuses %s: %s', (text, problem) => {
    expect(parseMoneyLiteral(text)).toEqual({ ok: false, problem });
  });

  it('writes what it reads, with all decimals', () => {
    const money = fc.record({
      minor: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      currency: fc.constantFrom(...currencyCodes()),
    });
    fc.assert(
      fc.property(money, (value) => {
        const text = formatMoney(value);
        expect(parseMoneyLiteral(text)).toEqual({ ok: true, money: value });
        expect((text.split(' ')[0] ?? '').split('.')[1]?.length ?? 0).toBe(
          minorDigits(value.currency),
        );
        expect(roundMoney(readMoney(moneyToJson(value)) as ExactMoney)).toEqual(value);
      }),
    );
  });
});

describe('money in an event', () => {
  it('reads a decimal string with its currency, however fine', () => {
    expect(readMoney({ value: '13.0050', currency: 'CNY' })).toEqual({
      amount: { units: 130050n, scale: 4 },
      currency: 'CNY',
    });
  });

  it.each([
    [13],
    ['13.00 CNY'],
    [null],
    [undefined],
    [[]],
    [{}],
    [{ value: 13, currency: 'CNY' }],
    [{ value: '13.00' }],
    [{ value: '13.00', currency: 'XXX' }],
    [{ value: '1e3', currency: 'CNY' }],
    [{ value: '', currency: 'CNY' }],
    [Object.create({ value: '13.00', currency: 'CNY' }) as object],
  ])('%j is no money', (json) => {
    expect(readMoney(json)).toBeUndefined();
  });
});

describe('rounding', () => {
  it.each([
    [5n, 10n, 1n],
    [4n, 10n, 0n],
    [15n, 10n, 2n],
    [25n, 10n, 3n],
    [-5n, 10n, 0n],
    [-6n, 10n, -1n],
    [-15n, 10n, -1n],
  ])('%d/%d is %d', (numerator, denominator, rounded) => {
    expect(roundHalfUp(numerator, denominator)).toBe(rounded);
  });

  it('gives the one whole number n with n − ½ ≤ value < n + ½', () => {
    fc.assert(
      fc.property(
        fc.bigInt(),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        (numerator, denominator) => {
          const n = roundHalfUp(numerator, denominator);
          expect((2n * n - 1n) * denominator <= 2n * numerator).toBe(true);
          expect(2n * numerator < (2n * n + 1n) * denominator).toBe(true);
        },
      ),
    );
  });

  it('rounds to the minor unit of the currency', () => {
    const half = { units: 12345n, scale: 4 };
    expect(roundMoney({ amount: half, currency: 'EUR' }).minor).toBe(123n);
    expect(roundMoney({ amount: { units: 1235n, scale: 3 }, currency: 'EUR' }).minor).toBe(124n);
    expect(roundMoney({ amount: { units: 15n, scale: 1 }, currency: 'JPY' }).minor).toBe(2n);
    expect(roundMoney({ amount: half, currency: 'CLF' }).minor).toBe(12345n);
  });
});
