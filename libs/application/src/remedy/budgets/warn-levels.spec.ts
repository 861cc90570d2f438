import fc from 'fast-check';
import { newlyReached } from './warn-levels';

describe('the warn levels of a budget', () => {
  it.each([
    ['just below', 0n, 7_999n, []],
    ['exactly', 0n, 8_000n, [0.8]],
    ['already told of', 8_000n, 9_000n, []],
    ['two at once', 0n, 9_500n, [0.8, 0.95]],
    ['it fell', 9_000n, 8_000n, []],
  ] as const)('%s', (_name, before, after, expected) => {
    expect(newlyReached([0.8, 0.95], 10_000n, before, after)).toEqual(expected);
  });

  it('are each reached once on the way up, in whatever steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 5_000n }), { minLength: 1 }),
        fc.bigInt({ min: 1n, max: 50_000n }),
        (steps, limit) => {
          let used = 0n;
          const told: number[] = [];
          for (const step of steps) {
            told.push(...newlyReached([0.5, 0.8, 0.95], limit, used, used + step));
            used += step;
          }
          expect(told).toEqual(newlyReached([0.5, 0.8, 0.95], limit, 0n, used));
        },
      ),
    );
  });
});
