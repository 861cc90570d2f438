import fc from 'fast-check';
import type { OracleEvent } from '../model';
import { timeOf } from '../arrivals';
import { instantAtHour, textAtHour } from './grid';
import { compact } from './optional';

/** Which types occur and how long after their event time, in hours, events may arrive. */
export interface StreamShape {
  types: string[];
  maxDelayHours: number;
  maxLength?: number;
  hours?: number;
}

interface Draft {
  type: string;
  hour: number;
  delay: number;
  source: string;
  customerid: string | undefined;
  data: object;
}

/** Events of few types, keys and values on a grid of hours, in their order of arrival. */
export function stream(shape: StreamShape): fc.Arbitrary<OracleEvent[]> {
  const hours = shape.hours ?? 12;
  const draft: fc.Arbitrary<Draft> = fc.record({
    type: fc.constantFrom(...shape.types),
    hour: fc.nat({ max: hours }),
    delay: fc.oneof(
      { weight: 2, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: shape.maxDelayHours }) },
    ),
    source: fc.constantFrom('s1', 's2'),
    customerid: orRarelyNone(fc.constantFrom('c1', 'c2')),
    data: eventData(hours),
  });
  return fc
    .array(draft, { maxLength: shape.maxLength ?? 18, size: 'max' })
    .chain((drafts) => fc.tuple(fc.constant(drafts), idsFor(drafts.length)))
    .map(([drafts, ids]) =>
      drafts
        .map((one, index) => ({ event: eventOf(one, ids[index] ?? 0), one }))
        .sort((a, b) => a.one.hour + a.one.delay - (b.one.hour + b.one.delay))
        .map(({ event }) => event),
    );
}

/** Ids in no relation to the order of arrival. */
function idsFor(length: number): fc.Arbitrary<number[]> {
  const ids = Array.from({ length }, (_, index) => index);
  return fc.shuffledSubarray(ids, { minLength: length });
}

function eventOf(draft: Draft, id: number): OracleEvent {
  const { type, hour, source, customerid, data } = draft;
  const event = { id: `e${id}`, source, type, time: textAtHour(hour), customerid, data };
  return compact({ ...event, subject: `${type}/${id}` }) as OracleEvent;
}

/** Keys k and g, numbers n and q, text s, instants t and due, money v, lists l: some missing. */
function eventData(hours: number): fc.Arbitrary<object> {
  const money = fc.record({
    value: fc.constantFrom('0.05', '1.00', '2.50', '10.00', '0.00', '-1.00', '3.33'),
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY', 'KWD'),
  });
  const text = fc.constantFrom('a', 'b', 'c');
  // Tenths: their sums are where doubles and decimals part.
  const number = fc.constantFrom(0, 1, 2, 3, 0.5, 0.1, 0.7);
  return fc
    .record({
      k: orRarelyNone(fc.constantFrom('k1', 'k1', 'k1', 'k2')),
      g: orRarelyNone(fc.constantFrom('g1', 'g2')),
      n: sometimesWrong<unknown>(number),
      q: sometimesWrong<unknown>(number),
      s: sometimesWrong<unknown>(text),
      t: sometimesWrong<unknown>(fc.nat({ max: hours }).map(textAtHour)),
      due: orRarelyNone(fc.nat({ max: hours + 4 }).map(textAtHour)),
      v: sometimesWrong<unknown>(money),
      l: sometimesWrong<unknown>(fc.array(fc.oneof(text, number), { maxLength: 3 })),
      currency: orRarelyNone(fc.constantFrom('EUR', 'EUR', 'JPY', 'KWD')),
    })
    .map(compact);
}

function orRarelyNone<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(
    { weight: 12, arbitrary: value },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

/** Mostly of the right type; else absent, null or something else. */
function sometimesWrong<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined | null> {
  const wrong = fc.constantFrom(undefined, null, '1', true) as fc.Arbitrary<T | undefined | null>;
  return fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: wrong });
}

/** A subset of a list of names, of at least one. */
export function someOf(...names: string[]): fc.Arbitrary<string[]> {
  return fc.subarray(names, { minLength: 1 });
}

/** Up to which hour the clock is turned at the end. */
export function until(): fc.Arbitrary<number> {
  return fc.oneof(fc.nat({ max: 24 }), fc.constant(60));
}

/** That hour, but not before what has been read by then. */
export function untilOf(arrivals: OracleEvent[], hour: number): number {
  return Math.max(instantAtHour(hour), ...arrivals.map(timeOf));
}
