import { currencyCodes, minorDigits } from './currency';

describe('currency', () => {
  it.each([
    ['EUR', 2],
    ['CNY', 2],
    ['BRL', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['ISK', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
    ['UYW', 4],
    ['XOF', 0],
    ['XCG', 2],
  ])('%s has %i digits after the point', (code, digits) => {
    expect(minorDigits(code)).toBe(digits);
  });

  it.each([
    'XXX',
    'XTS',
    'XAU',
    'XDR',
    'DEM',
    'HRK',
    'BGN',
    'ANG',
    'ZWL',
    'EURO',
    'eur',
    '',
    'constructor',
  ])('%p is no currency that can be paid in', (code) => {
    expect(minorDigits(code)).toBeUndefined();
  });

  it('lists every code once', () => {
    const codes = currencyCodes();
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
  });
});
