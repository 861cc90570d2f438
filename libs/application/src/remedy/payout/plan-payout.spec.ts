import fc from 'fast-check';
import { attemptKey, type Attempt, type AttemptState } from './attempt-rows';
import type { PayoutCapabilities, ReplayKind } from './payout-provider';
import { IN_FLIGHT_MS, planPayout } from './plan-payout';
import { isInWindow, waitAfterMs } from './retry-policy';

const HOUR_MS = 3_600_000;
const provider = (overrides: Partial<PayoutCapabilities> = {}): PayoutCapabilities => ({
  keyWindowMs: 24 * HOUR_MS,
  replayKind: 'first-body',
  canQuery: false,
  canReadPayments: false,
  canList: false,
  spacingMs: 0,
  maxPartialRefunds: 50,
  maxKeyLength: 45,
  ...overrides,
});
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
  sinceSentMs: ageHours * HOUR_MS,
  asks: 0,
  isHinted: false,
  notFoundAgeMs,
  isPending: false,
  providerRef: null,
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
    [
      'a repeat that says success and no change needs somebody to ask',
      { replayKind: 'no-change' },
      1,
      null,
      'ask-person',
    ],
    ['or is sent again', { replayKind: 'no-change', canQuery: true }, 1, null, 'resend'],
    [
      'a key that is not known again is never sent again',
      { replayKind: 'none' },
      0,
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

/**
 * The same decisions as a table, read line by line until one fits: written from RELIABILITY.md, section
 * 1a, without a look at the planner.
 */
interface Situation {
  readonly capabilities: PayoutCapabilities;
  readonly latest: Attempt | undefined;
  readonly isOnHold: boolean;
}
type Line = readonly [when: (situation: Situation) => boolean, then: string];
const ageOf = ({ latest }: Situation) => latest?.ageMs ?? 0;
const canAsk = ({ capabilities }: Situation) => capabilities.canQuery;
const isReplay =
  (...kinds: ReplayKind[]) =>
  ({ capabilities }: Situation) =>
    kinds.includes(capabilities.replayKind);
const isPruned = (situation: Situation) =>
  ageOf(situation) >= 20 * HOUR_MS || ageOf(situation) >= 0.8 * situation.capabilities.keyWindowMs;
const saidNotFoundLate = ({ latest }: Situation) =>
  latest !== undefined &&
  latest.notFoundAgeMs !== null &&
  latest.notFoundAgeMs + IN_FLIGHT_MS <= latest.sinceSentMs;
const all =
  (...tests: ((situation: Situation) => boolean)[]) =>
  (situation: Situation) =>
    tests.every((test) => test(situation));
const not = (test: (situation: Situation) => boolean) => (situation: Situation) => !test(situation);
const TABLE: readonly Line[] = [
  [({ latest }) => latest === undefined, 'send 1'],
  [({ latest }) => latest?.state === 'failed', 'send next'],
  [({ latest }) => latest?.state === 'succeeded', 'ask-person'],
  [all(isPruned, canAsk), 'query'],
  [isPruned, 'ask-person'],
  [all(isReplay('none'), canAsk), 'query'],
  [isReplay('none'), 'ask-person'],
  [all(isReplay('no-change'), not(canAsk)), 'ask-person'],
  [all(isReplay('only-success'), not(saidNotFoundLate), canAsk), 'query'],
  [all(isReplay('only-success'), not(saidNotFoundLate)), 'ask-person'],
  [all(canAsk, ({ latest }) => latest?.isHinted === true), 'query'],
  [all(canAsk, ({ latest }) => (latest?.sends ?? 0) > 1 && latest?.asks === 0), 'query'],
  [({ isOnHold }) => isOnHold, 'wait'],
  [() => true, 'resend'],
];

describe('the planner against a table', () => {
  const hours = fc.oneof(
    fc.constantFrom(0, 4.8, 6, 19.1, 19.2, 19.99, 20, 24),
    fc.double({ min: 0, max: 1_000, noNaN: true }),
  );
  const situation = fc.record<Situation>({
    capabilities: fc.record({
      keyWindowMs: fc.constantFrom(0, 6, 24, 720).map((window) => window * HOUR_MS),
      replayKind: fc.constantFrom<ReplayKind>(
        'first-body',
        'latest-status',
        'only-success',
        'no-change',
        'none',
      ),
      canQuery: fc.boolean(),
      canReadPayments: fc.boolean(),
      canList: fc.boolean(),
      spacingMs: fc.nat(),
      maxPartialRefunds: fc.nat(),
      maxKeyLength: fc.nat(),
    }),
    latest: fc.option(
      fc
        .record({
          state: fc.constantFrom<AttemptState>('created', 'sent', 'unknown', 'succeeded', 'failed'),
          ageHours: hours,
          sinceSent: fc.double({ min: 0, max: 1, noNaN: true }),
          notFound: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
          sends: fc.integer({ min: 1, max: 9 }),
          asks: fc.nat(3),
          isHinted: fc.boolean(),
        })
        .map(({ state, ageHours, sinceSent, notFound, ...rest }) => {
          const base = attempt(state, ageHours);
          const sinceSentMs = base.ageMs * sinceSent;
          const notFoundAgeMs = notFound === null ? null : sinceSentMs * notFound;
          return { ...base, ...rest, sinceSentMs, notFoundAgeMs };
        }),
      { nil: undefined },
    ),
    isOnHold: fc.boolean(),
  });
  const told = ({ capabilities, latest, isOnHold }: Situation) => {
    const plan = planPayout(capabilities, latest, isOnHold);
    if (plan.kind !== 'send') return plan.kind;
    if (latest === undefined) return `send ${String(plan.number)}`;
    return plan.number === latest.number + 1 ? 'send next' : `send ${String(plan.number)}`;
  };

  it('guarantee 2: decides as the table does', () => {
    fc.assert(
      fc.property(situation, (one) => {
        expect(told(one)).toBe(TABLE.find(([when]) => when(one))?.[1]);
      }),
      { numRuns: 20_000 },
    );
  });

  it('guarantee 2: never takes a new number unless the last one has positively failed', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const plan = planPayout(one.capabilities, one.latest, one.isOnHold);
        const isNew = plan.kind === 'send';
        expect(isNew).toBe(one.latest === undefined || one.latest.state === 'failed');
      }),
    );
  });
});

describe('the key of an attempt', () => {
  const id = 'cmp_01JNABCDEFGHJKMNPQRSTVWXYZ';

  it('tells what it is for, where the provider takes as much', () => {
    expect(attemptKey(id, 1, 45)).toBe(`${id}_1`);
  });

  it('is a part of its hash where not, the same whenever it is made', () => {
    const keys = [1, 2, 3].map((number) => attemptKey(id, number, 20));
    expect(new Set(keys).size).toBe(3);
    expect(attemptKey(id, 1, 20)).toBe(keys[0]);
    expect(keys.every((key) => /^[A-Za-z0-9_-]{20}$/.test(key))).toBe(true);
  });

  it('is never so short that two could be alike', () => {
    expect(() => attemptKey(id, 1, 19)).toThrow('too short');
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
