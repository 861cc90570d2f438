import type { JsonObject } from '../json';

/**
 * An event that may still matter to the key: a start, an extend, an expect or a cancel. Short names, since
 * there is one row of these per open promise.
 */
export interface DeadlineItem {
  /** Event time, epoch ms. */
  readonly t: number;
  readonly s: string;
  readonly d: string;
  /** Event type: which roles that gives is the version's business. */
  readonly y: string;
  /** The version that took it as a start; absent where it is none. */
  readonly n?: number;
  /** The clock at its arrival, where it came long after its time: it is kept as long as any other. */
  readonly a?: number;
  /** The event itself, where facts or `due` will be read from it. */
  readonly e?: JsonObject | undefined;
  /** Of a start that was kept for good: its due, epoch ms, which is all that is still wanted of the event. */
  readonly u?: number;
}

/** A case that has become a miss: its time, its limit and its moves no longer change. */
export interface FiredCase {
  readonly t: number;
  readonly s: string;
  readonly d: string;
  readonly y: string;
  readonly n: number;
  readonly e: JsonObject;
  readonly due: number;
  /** due + grace: until here an expect refutes. Of a broken promise: the instant before it broke. */
  readonly limit: number;
  /** The incident's time. */
  readonly at: number;
  readonly moves: number;
  /** Closed at this event time; null while open. */
  closed: number | null;
  refuted: boolean;
  /** Accrual units asked for so far. */
  units: number;
  settled: boolean;
  /** The expect that closed it, where facts need it. */
  expect?: JsonObject;
  /** JSON text of the value its misses are counted by (`repeat`). */
  readonly repeat?: string;
  /** Whether this miss is an incident; with `repeat` not every one is. */
  counts: boolean;
}

export interface DeadlineState {
  items: DeadlineItem[];
  fired: FiredCase[];
}

export function emptyDeadlineState(): DeadlineState {
  return { items: [], fired: [] };
}
