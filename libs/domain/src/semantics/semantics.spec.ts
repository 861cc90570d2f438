import fc from 'fast-check';
import { buildRuleSet, type RuleSetEntry } from '../rule-set';
import { compileRule, DetectRun, slotId } from '../detect';
import type { DomainEvent } from '../event';
import type { JsonObject } from '../json';
import { bucket } from '../rollout';
import { HOUR_MS, parseInstant } from '../values';
import { hours, ORIGIN_MS, play, rule, told, type Told } from './play';

const promised = { type: 'deadline', start: 'promised', expect: 'delivered', cancel: 'cancelled' };
const due24 = { ...promised, due: '24h' };

describe('semantics 1: event time decides, the clock only tells that nothing came', () => {
  it('puts the incident at due + grace, not at the moment it was noticed', () => {
    const compiled = rule({ ...due24, grace: '30m', allow_late: '6h' });
    expect(hours(play(compiled, [{ type: 'promised', at: 0 }]))).toEqual([24.5]);
  });

  it('waits for the lateness before it fires, so that what is in time but late on the wire is seen', () => {
    const compiled = rule({ ...due24, allow_late: '2h' });
    const events = [
      { type: 'promised', at: 0 },
      { type: 'other', at: 25 },
      { type: 'delivered', at: 23 },
    ];
    expect(play(compiled, events)).toEqual([]);
  });

  it('keeps a promise at exactly due + grace and breaks it a millisecond later', () => {
    const compiled = rule(due24);
    expect(
      play(compiled, [
        { type: 'promised', at: 0 },
        { type: 'delivered', at: 24 },
      ]),
    ).toEqual([]);
    const late = [
      { type: 'promised', at: 0 },
      { type: 'delivered', at: 24 + 1 / HOUR_MS },
    ];
    expect(hours(play(compiled, late))).toEqual([24]);
  });
});

describe('semantics 2: duplicates', () => {
  it('counts an event once in a window, however often it comes', () => {
    const compiled = rule({
      type: 'window',
      event: 'failed',
      over: '24h',
      measure: 'count',
      is: { gte: 3 },
    });
    const events = [1, 1, 1, 2, 2].map((at) => ({ type: 'failed', at }));
    expect(play(compiled, events)).toEqual([]);
    expect(hours(play(compiled, [...events, { type: 'failed', at: 3 }]))).toEqual([3]);
  });

  it('does not count a used-up event again', () => {
    const compiled = rule({
      type: 'window',
      event: 'failed',
      over: '24h',
      measure: 'count',
      is: { gte: 2 },
    });
    const events = [1, 2, 1, 2, 2, 1].map((at) => ({ type: 'failed', at }));
    expect(hours(play(compiled, events))).toEqual([2]);
  });
});

describe('semantics 3: order', () => {
  const stream: readonly Told[] = [
    { type: 'promised', at: 0 },
    { type: 'promised', at: 3, id: 'again' },
    { type: 'delivered', at: 26 },
    { type: 'promised', at: 30 },
    { type: 'delivered', at: 40 },
    { type: 'promised', at: 41 },
    { type: 'cancelled', at: 50 },
    { type: 'promised', at: 60 },
  ];

  it('finds the same incidents whatever the order of arrival within the lateness', () => {
    const compiled = rule({ ...due24, allow_late: '100h' });
    const expected = hours(play(compiled, stream));
    expect(expected).toEqual([24, 84]);
    fc.assert(
      fc.property(fc.shuffledSubarray([...stream], { minLength: stream.length }), (shuffled) => {
        expect(hours(play(compiled, shuffled))).toEqual(expected);
      }),
    );
  });

  it('does not depend on where batches end', () => {
    const compiled = rule(due24);
    for (const batchSize of [1, 2, 3, 5]) {
      expect(hours(play(compiled, stream, batchSize))).toEqual([24, 84]);
    }
  });

  it('looks at late events of a sequence at their place in time', () => {
    const compiled = rule({ type: 'sequence', steps: ['paid', 'dropped'], within: '48h' });
    const events = [
      { type: 'dropped', at: 5 },
      { type: 'paid', at: 2 },
    ];
    expect(hours(play(compiled, events))).toEqual([5]);
  });
});

describe('semantics 4: what opened under version n ends under version n', () => {
  const version = (n: number, due: string) =>
    compileRule({ ...rule({ ...promised, due }).document }, { version: n, calendars: new Map() });

  it('keeps the due of the version a promise opened under, and gives the next one the new', () => {
    const [old, live] = [version(1, '24h'), version(2, '1h')];
    const states = new Map<string, string | null>();
    const entry = { ruleId: 'spec', ruleNo: 1, lane: 'live' } as const;
    const firstRun = runWith([{ ...entry, current: old, draining: [] }], states);
    firstRun.read({ type: 'promised', at: 0 });
    firstRun.save();
    const secondRun = runWith([{ ...entry, current: live, draining: [old] }], states);
    const [slot] = secondRun.read({ type: 'promised', at: 2, data: { order: 'o2' } });
    expect(slot && secondRun.run.nextTimer(slotId(slot))).toBe(ORIGIN_MS + 3 * HOUR_MS);
    secondRun.read({ type: 'delivered', at: 3 });
    secondRun.run.fire({ ruleNo: 1, lane: 'live', key: '"o1"' }, ORIGIN_MS + 99 * HOUR_MS);
    expect(secondRun.run.effects).toEqual([]);
  });

  it('lets what is open fire with the old version’s number', () => {
    const [old, live] = [version(1, '24h'), version(2, '1h')];
    const states = new Map<string, string | null>();
    const entry = { ruleId: 'spec', ruleNo: 1, lane: 'live' } as const;
    const firstRun = runWith([{ ...entry, current: old, draining: [] }], states);
    firstRun.read({ type: 'promised', at: 0 });
    firstRun.save();
    const { run } = runWith([{ ...entry, current: live, draining: [old] }], states);
    run.fire({ ruleNo: 1, lane: 'live', key: '"o1"' }, ORIGIN_MS + 24 * HOUR_MS);
    expect(run.effects).toMatchObject([{ kind: 'found', ruleVersion: 1 }]);
  });
});

describe('semantics 5: order of decision', () => {
  it('lets skip_if end it before any limit is used', () => {
    const compiled = rule(
      { type: 'event', event: 'failed', by: 'data.n' },
      {
        skip_if: [{ event: 'refunded', same: 'data.order', over: '30d' }],
        limits: [{ times: 1, per: 'customer', then: 'skip' }],
      },
    );
    const events = [
      { type: 'refunded', at: 0 },
      { type: 'failed', at: 1, data: { n: 1 } },
      { type: 'failed', at: 2, data: { n: 2, order: 'o2' } },
    ];
    const outcomes = play(compiled, events).map((one) => one.payments[0]?.outcome);
    expect(outcomes).toEqual(['skipped', 'paid']);
  });
});

describe('semantics 6: rollout bucket', () => {
  it('gives every customer one number from 0 to 99, the same for each version', () => {
    const numbers = Array.from({ length: 2_000 }, (_one, n) => bucket('late-delivery', `c${n}`));
    expect(numbers.every((n) => Number.isInteger(n) && n >= 0 && n < 100)).toBe(true);
    expect(new Set(numbers).size).toBe(100);
    expect(bucket('late-delivery', 'c7')).toBe(numbers[7]);
  });
});

describe('semantics 7: shadow', () => {
  it('keeps states of its own, so that no shadow incident stands in the way of a live one', () => {
    const current = rule(due24);
    const states = new Map<string, string | null>();
    const entries = (['live', 'shadow'] as const).map((lane) => ({
      ruleId: 'spec',
      ruleNo: 1,
      lane,
      current,
      draining: [],
    }));
    const { run, read } = runWith(entries, states);
    for (const slot of read({ type: 'promised', at: 0 })) run.fire(slot, ORIGIN_MS + 24 * HOUR_MS);
    const lanes = run.effects.map((one) => one.kind === 'found' && one.identity.lane);
    expect(lanes).toEqual(['live', 'shadow']);
  });
});

describe('semantics 9: a rule that throws is set aside and stops nobody else', () => {
  it('tells of the poison and evaluates the other rules', () => {
    const good = rule({ type: 'event', event: 'failed' });
    const bad = rule({ type: 'event', event: 'failed' });
    const broken = {
      ...bad,
      detector: {
        ...bad.detector,
        spec: {
          ...bad.detector.spec,
          where: {
            test: () => {
              throw new Error('broken');
            },
          },
        },
      },
    } as unknown as typeof bad;
    const entry = (no: number, current: typeof good): RuleSetEntry => ({
      ruleId: `rule-${no}`,
      ruleNo: no,
      lane: 'live',
      current,
      draining: [],
    });
    const { run, read } = runWith([entry(1, broken), entry(2, good)], new Map());
    read({ type: 'failed', at: 0 });
    expect(run.effects.map((one) => one.kind)).toEqual(['poison', 'found']);
  });
});

describe('semantics 10: what is read after a standstill is judged by its own time', () => {
  it('does not undo a breach by an expect that comes later than due + grace', () => {
    const compiled = rule({ ...due24, allow_late: '1h' });
    const events = [
      { type: 'promised', at: 0 },
      { type: 'delivered', at: 24.5 },
    ];
    const [incident] = play(compiled, events);
    expect(incident).toMatchObject({ refuted: false, closedAtMs: ORIGIN_MS + 24.5 * HOUR_MS });
  });
});

describe('semantics 13: refuted', () => {
  it('is an expect that comes after the incident but says it was in time', () => {
    const events = [
      { type: 'promised', at: 0 },
      { type: 'other', at: 25 },
      { type: 'promised', at: 26, data: { order: 'o2' } },
      { type: 'delivered', at: 23 },
    ];
    expect(play(rule(due24), events)).toMatchObject([
      { refuted: true, payments: [{ outcome: 'paid' }] },
      { refuted: false },
    ]);
  });

  it('frees what waits for a person, and leaves what is paid', () => {
    const pay = { as: 'credit', amount: { fixed: '5.00 EUR' }, approve_over: '1.00 EUR' } as const;
    const compiled = rule(due24, { pay, limits: [{ times: 1, per: 'customer', then: 'skip' }] });
    const events = [
      { type: 'promised', at: 0 },
      { type: 'promised', at: 20, data: { order: 'o2' } },
      { type: 'other', at: 25 },
      { type: 'promised', at: 26, data: { order: 'o3' } },
      { type: 'delivered', at: 23 },
    ];
    const outcomes = play(compiled, events).map((one) => one.payments[0]?.outcome);
    expect(outcomes).toEqual(['review', 'review', 'skipped']);
  });
});

function runWith(entries: readonly RuleSetEntry[], states: Map<string, string | null>) {
  const ruleSet = buildRuleSet(entries);
  const run = new DetectRun(ruleSet, states, { accountLatenessMs: 0 });
  const read = (one: Told) => {
    const event = domainEvent(one);
    const routes = ruleSet.route(event);
    run.onEvent(event, routes, event.timeMs);
    return routes.flatMap(({ slot }) => (slot ? [slot] : []));
  };
  const save = () => {
    for (const { id, json } of run.changedStates()) states.set(id, json);
  };
  return { run, read, save };
}

function domainEvent(one: Told): DomainEvent {
  const json = told(one) as unknown as JsonObject;
  const { source, id, type, time } = told(one);
  return { source, id, type, timeMs: parseInstant(time) ?? 0, customerId: 'c1', json };
}
