import fc from 'fast-check';
import { sortShort } from './sort-short';

describe('sortShort', () => {
  it('sorts as `sort` does, short lists and long ones, equals in their order', () => {
    const one = fc.record({ t: fc.integer({ min: 0, max: 4 }), n: fc.nat() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (list) => {
        const byTime = (a: { t: number }, b: { t: number }) => a.t - b.t;
        expect(sortShort([...list], byTime)).toEqual([...list].sort(byTime));
      }),
    );
  });
});
