import type { DomainEvent } from '../event';
import { compilePath, type PathReader } from '../values';
import { type IndexableTest, type IndexKey, indexKey } from '../conditions';
import { type Interval, IntervalIndex } from './interval-index';

interface PathIndex<T> {
  readonly read: PathReader;
  readonly byValue: ReadonlyMap<IndexKey, readonly T[]>;
  readonly ranges: IntervalIndex<T>;
  /** By the kind of a value: those that ask for no value of that kind, for which it is undecidable. */
  readonly unlike: Readonly<Record<Kind, readonly T[]>>;
}

const KINDS = ['string', 'number', 'boolean'] as const;
type Kind = (typeof KINDS)[number];

/** What wants events of one type, told apart by the equality or the range that each asks for first. */
export interface TypeIndex<T> {
  readonly always: readonly T[];
  readonly paths: readonly PathIndex<T>[];
}

export interface Wanting<T> {
  readonly value: T;
  /** What an event must pass to matter to it; empty: every event of the type does. */
  readonly tests: readonly IndexableTest[];
}

const NO_NAMES: ReadonlySet<string> = new Set();

export function buildTypeIndex<T>(wanting: readonly Wanting<T>[]): TypeIndex<T> {
  const always: T[] = [];
  const values = new Map<string, Map<IndexKey, T[]>>();
  const ranges = new Map<string, Interval<T>[]>();
  const unlike = new Map<string, T[]>();
  for (const { value, tests } of wanting) {
    const test = tests.find((one) => one.kind !== 'range') ?? tests[0];
    if (!test) {
      always.push(value);
      continue;
    }
    const kinds = test.kind === 'range' ? ['number'] : test.values.map((one) => typeof one);
    for (const kind of KINDS) {
      if (!kinds.includes(kind)) append(unlike, `${kind} ${test.path}`, value);
    }
    if (test.kind === 'range') {
      const from = test.gte ?? -Infinity;
      append(ranges, test.path, { from, to: test.lte ?? Infinity, value });
    } else {
      const at = values.get(test.path) ?? new Map<IndexKey, T[]>();
      values.set(test.path, at);
      for (const key of new Set(test.values)) append(at, key, value);
    }
  }
  const paths = [...new Set([...values.keys(), ...ranges.keys()])].map((path) => ({
    read: compilePath(path, NO_NAMES),
    byValue: values.get(path) ?? new Map<IndexKey, T[]>(),
    ranges: new IntervalIndex(ranges.get(path) ?? []),
    unlike: {
      string: unlike.get(`string ${path}`) ?? [],
      number: unlike.get(`number ${path}`) ?? [],
      boolean: unlike.get(`boolean ${path}`) ?? [],
    },
  }));
  return { always, paths };
}

/**
 * Everything that an event may matter to; who needs a field that is absent or of another kind is asked, so that it
 * can be counted.
 */
export function forEachCandidate<T>(
  index: TypeIndex<T>,
  event: DomainEvent,
  visit: (value: T) => void,
): void {
  index.always.forEach(visit);
  const scope = { event: event.json, vars: {}, facts: {} };
  for (const path of index.paths) {
    const key = indexKey(path.read(scope));
    if (key === undefined) {
      for (const list of path.byValue.values()) list.forEach(visit);
      path.ranges.all(visit);
      continue;
    }
    path.byValue.get(key)?.forEach(visit);
    path.unlike[typeof key as Kind].forEach(visit);
    if (typeof key === 'number') path.ranges.forEachAt(key, visit);
  }
}

function append<K, T>(lists: Map<K, T[]>, key: K, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
