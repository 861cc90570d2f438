import fc from 'fast-check';
import { judgeGuardrails, STORM_MIN, type HourOfPayouts } from './judge-guardrails';

const hour = (
  payouts: number,
  eachMinor = 500n,
  rest: Partial<HourOfPayouts> = {},
): HourOfPayouts => ({
  hits: payouts,
  payouts,
  failed: 0,
  spent: new Map([['EUR', BigInt(payouts) * eachMinor]]),
  ...rest,
});
const RAILS = { max_spend_ratio: 3, max_hit_ratio: 3, max_payout_failure: 0.05 };

describe('guardrails', () => {
  it.each([
    ['as usual', RAILS, hour(40), [hour(40), hour(35)], undefined],
    ['three times as many', RAILS, hour(120), [hour(40)], undefined],
    ['one more than three times', RAILS, hour(121), [hour(40)], 'max_hit_ratio'],
    [
      'the same number, a hundred times the sum',
      RAILS,
      hour(40, 50_000n),
      [hour(40)],
      'max_spend_ratio',
    ],
    [
      'a currency that was never paid',
      RAILS,
      hour(90, 500n, { hits: 60, spent: new Map([['JPY', 9n]]) }),
      [hour(40)],
      'max_spend_ratio',
    ],
    ['more than was usual, and few', RAILS, hour(STORM_MIN - 1), [hour(1)], undefined],
    ['where nothing is usual', RAILS, hour(STORM_MIN), [hour(0)], 'max_hit_ratio'],
    ['without anything to compare with', RAILS, hour(5_000), [], undefined],
    ['failures', RAILS, hour(40, 500n, { failed: 3 }), [], 'max_payout_failure'],
    ['as many failures as may be', RAILS, hour(40, 500n, { failed: 2 }), [], undefined],
    ['no guardrail', {}, hour(5_000), [hour(1)], undefined],
  ] as const)('%s', (_name, rails, now, usual, guard) => {
    expect(judgeGuardrails(rails, now, usual)?.guard).toBe(guard);
  });

  it('never trip on what is below the factor in everything', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (counts, share) => {
          const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
          const now = hour(Math.floor(3 * mean * share));
          expect(
            judgeGuardrails(
              RAILS,
              now,
              counts.map((count) => hour(count)),
            ),
          ).toBeUndefined();
        },
      ),
    );
  });
});
