import type { Attempt, AttemptState } from './attempt-rows';
import type { PayoutProvider } from './payout-provider';
import { planPayout } from './plan-payout';
import { isInWindow, waitAfterMs } from './retry-policy';

const HOUR_MS = 3_600_000;
const provider = (overrides: Partial<PayoutProvider> = {}) =>
  ({
    name: 'p',
    keyWindowMs: 24 * HOUR_MS,
    replayKind: 'first-body',
    canQuery: false,
    ...overrides,
  }) as PayoutProvider;
const attempt = (
  state: AttemptState,
  ageHours = 1,
  notFoundAgeMs: number | null = null,
): Attempt => ({
  id: 'att_1',
  compensationId: 'cmp_1',
  number: 3,
  provider: 'p',
  key: 'cmp_1_3',
  state,
  sends: 1,
  ageMs: ageHours * HOUR_MS,
  notFoundAgeMs,
  isPending: false,
});

describe('what is done next about a payout', () => {
  it('sends a first attempt, and a new number only after a proven failure', () => {
    expect(planPayout(provider(), undefined, false)).toEqual({ kind: 'send', number: 1 });
    expect(planPayout(provider(), attempt('failed'), false)).toEqual({ kind: 'send', number: 4 });
  });

  it.each(['created', 'sent', 'unknown'] as const)(
    'guarantee 7: never takes a new number while the outcome is not known (%s)',
    (state) => {
      for (const canQuery of [false, true]) {
        for (const ageHours of [0, 1, 19, 21, 1_000]) {
          for (const replayKind of ['first-body', 'latest-status', 'only-success'] as const) {
            const other = provider({ canQuery, replayKind });
            expect(planPayout(other, attempt(state, ageHours), false).kind).not.toBe('send');
          }
        }
      }
    },
  );

  it.each([
    ['inside the window: the same key again', {}, 19, null, 'resend'],
    ['after it, with nobody to ask: a person', {}, 20, null, 'ask-person'],
    ['after it, with somebody to ask', { canQuery: true }, 20, null, 'query'],
    ['a shorter window: 80 % of it', { keyWindowMs: 6 * HOUR_MS }, 5, null, 'ask-person'],
    [
      'a month-long window: 20 h all the same',
      { keyWindowMs: 720 * HOUR_MS },
      21,
      null,
      'ask-person',
    ],
    [
      'a repeat that might pay again is asked about first',
      { replayKind: 'only-success', canQuery: true },
      1,
      null,
      'query',
    ],
    [
      'and sent again when nobody knows the key',
      { replayKind: 'only-success', canQuery: true },
      1,
      5,
      'resend',
    ],
    [
      'or given to a person where nobody can be asked',
      { replayKind: 'only-success' },
      1,
      null,
      'ask-person',
    ],
  ] as const)('%s', (_name, overrides, ageHours, notFoundAgeMs, kind) => {
    const latest = attempt('unknown', ageHours, notFoundAgeMs);

    expect(planPayout(provider(overrides), latest, false)).toEqual({ kind });
  });

  it('guarantee 4: sends nothing again under a hold, but may ask', () => {
    expect(planPayout(provider(), attempt('unknown'), true)).toEqual({ kind: 'wait' });
    expect(planPayout(provider({ canQuery: true }), attempt('unknown', 21), true)).toEqual({
      kind: 'query',
    });
  });
});

describe('the pause before the next try', () => {
  it('grows to two hours and stays there', () => {
    expect([1, 2, 3, 4, 5, 6, 99].map((sends) => waitAfterMs(sends))).toEqual([
      5_000,
      30_000,
      300_000,
      1_800_000,
      2 * HOUR_MS,
      2 * HOUR_MS,
      2 * HOUR_MS,
    ]);
  });

  it('is as long as the provider asks for, within reason', () => {
    expect(waitAfterMs(1, 60_000)).toBe(60_000);
    expect(waitAfterMs(2, 1_000)).toBe(30_000);
    expect(waitAfterMs(1, 900 * HOUR_MS)).toBe(2 * HOUR_MS);
  });

  it('ends with the window of the key', () => {
    expect(isInWindow(provider(), 19.1 * HOUR_MS)).toBe(true);
    expect(isInWindow(provider(), 19.2 * HOUR_MS)).toBe(false);
  });
});
