import fc from 'fast-check';
import type { Json } from '../json';
import type { WindowSpec } from './compiled-window';
import { measure, UNDECIDABLE } from './measure';

function measured(kind: WindowSpec['measure'], ...rows: Json[][]): unknown {
  const items = rows.map((v, index) => ({ t: index, r: String(index), v }));
  return measure({ measure: kind } as WindowSpec, items as never);
}

const column = (...values: Json[]): Json[][] => values.map((value) => [value]);

describe('the measure of a window', () => {
  it('adds numbers as the decimals they are written as', () => {
    expect(measured('sum', ...column(0.7, 0.1))).toBe(0.8);
    expect(measured('sum', ...column(0.1, 0.2))).toBe(0.3);
    expect(measured('sum', ...column(1e21, 1, -1e21))).toBe(1);
    expect(measured('sum', ...column(9_007_199_254_740_991, 1, 1))).toBe(9_007_199_254_740_993);
    expect(measured('avg', ...column(0.1, 0.2, 0.6))).toBe(0.3);
    expect(measured('avg', ...column(1, 0, 0))).toBe(1 / 3);
    expect(measured('ratio', [0.1, 0.1], [0.2, 0])).toBe(3);
    expect(measured('ratio', [1e-300, 3e-300])).toBe(1 / 3);
  });

  it('comes out the same in whatever order', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (numbers) => {
        const turned = [...numbers].reverse();
        expect(measured('sum', ...column(...numbers))).toBe(measured('sum', ...column(...turned)));
        expect(measured('avg', ...column(...numbers))).toBe(measured('avg', ...column(...turned)));
      }),
    );
  });

  it('is undecidable over nothing, over two currencies, and beyond every double', () => {
    const [eur, usd] = ['EUR', 'USD'].map((currency) => ({ value: '1.00', currency }));
    expect(measured('ratio', [1, 0])).toBe(UNDECIDABLE);
    expect(measured('sum', ...column(eur!, usd!))).toBe(UNDECIDABLE);
    expect(measured('avg', ...column(eur!, 1))).toBe(UNDECIDABLE);
    expect(measured('sum', ...column(1.7e308, 1.7e308))).toBe(UNDECIDABLE);
    expect(measured('avg', ...column(1.7e308, 1.7e308))).toBe(1.7e308);
  });

  it('of monies is a money, of a money over a money a number', () => {
    const eur = (value: string) => ({ value, currency: 'EUR' });
    expect(measured('sum', ...column(eur('1.10'), eur('2.25')))).toEqual(eur('3.35'));
    expect(measured('avg', ...column(eur('1.00'), eur('2.00')))).toEqual(eur('1.500000000'));
    expect(measured('ratio', [eur('1.00'), eur('4.00')])).toBe(0.25);
  });
});
