import fc from 'fast-check';
import type { Limit } from '../rule-document';
import { applyLimits } from './apply-limits';
import { compileLimits } from './compile-limits';
import type { LimitEntry } from './entries';

/**
 * Payouts in any order of time go through the limits one by one; then every span (t − over, t] is
 * looked at, for every second t there is. Times are whole seconds of a short day, so that spans
 * meet their edges often.
 */
const OVER_S = 7;
const END_S = 30;
const payouts = fc.array(
  fc.record({
    atS: fc.integer({ min: 0, max: END_S }),
    minor: fc.bigInt({ min: 1n, max: 9n }),
    currency: fc.constantFrom('EUR', 'EUR', 'USD'),
  }),
  { maxLength: 25 },
);
const query = { index: 0, scope: 'rule:r', per: 'rule', subject: '*', overMs: OVER_S * 1000 };

function runAll(limit: Limit, all: { atS: number; minor: bigint; currency: string }[]) {
  const limits = compileLimits({ id: 'r', limits: [limit] }, new Set(), new Set());
  const paid: LimitEntry[] = [];
  const refused: { entry: LimitEntry; before: LimitEntry[] }[] = [];
  for (const { atS, minor, currency } of all) {
    const entry = { atMs: atS * 1000, minor, currency };
    const before = [...paid];
    const outcome = applyLimits(limits, [query], [before], entry.atMs, { minor, currency });
    const sum = outcome.kind === 'pass' ? outcome.money?.minor : 0n;
    if (sum) paid.push({ ...entry, minor: sum });
    if (sum !== minor)
      refused.push({ entry: { ...entry, minor: minor - (sum ?? 0n) }, before: [...paid] });
  }
  return { paid, refused };
}

/** The most that any span holds, by looking at all of them. */
function most(entries: LimitEntry[], weigh: (entry: LimitEntry) => bigint): bigint {
  let peak = 0n;
  for (let t = 0; t <= END_S + OVER_S; t += 1) {
    const inSpan = entries.filter(
      (entry) => entry.atMs > (t - OVER_S) * 1000 && entry.atMs <= t * 1000,
    );
    const sum = inSpan.reduce((total, entry) => total + weigh(entry), 0n);
    if (sum > peak) peak = sum;
  }
  return peak;
}

const inCurrency =
  (currency: string) =>
  (entry: LimitEntry): bigint =>
    entry.currency === currency ? entry.minor : 0n;

describe('guarantee 4: no limit is passed by a cent', () => {
  it('no span ever holds more payouts, whatever the order of their times', () => {
    fc.assert(
      fc.property(payouts, fc.integer({ min: 1, max: 4 }), (all, times) => {
        const limit: Limit = { times, per: 'rule', over: `${OVER_S}s`, then: 'skip' };
        const { paid, refused } = runAll(limit, all);
        expect(most(paid, () => 1n)).toBeLessThanOrEqual(BigInt(times));
        // Nor is anything refused that would have fitted.
        for (const { entry, before } of refused) {
          expect(most([...before, entry], () => 1n)).toBeGreaterThan(BigInt(times));
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each(['skip', 'trim'] as const)('no span ever holds more money, by %s', (then) => {
    fc.assert(
      fc.property(payouts, fc.integer({ min: 1, max: 30 }), (all, cents) => {
        const total = [`0.${String(cents).padStart(2, '0')} EUR`, '0.20 USD'];
        const { paid, refused } = runAll({ total, per: 'rule', over: `${OVER_S}s`, then }, all);
        const bounds = { EUR: BigInt(cents), USD: 20n };
        for (const [currency, bound] of Object.entries(bounds)) {
          expect(most(paid, inCurrency(currency))).toBeLessThanOrEqual(bound);
        }
        // With trim, not one cent more would have fitted; with skip, not the sum that was refused.
        for (const { entry, before } of refused) {
          const more = then === 'trim' ? { ...entry, minor: 1n } : entry;
          const bound = bounds[entry.currency as 'EUR' | 'USD'];
          expect(most([...before, more], inCurrency(entry.currency ?? ''))).toBeGreaterThan(bound);
        }
      }),
      { numRuns: 500 },
    );
  });
});
