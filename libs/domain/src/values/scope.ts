import type { JsonObject } from '../json';

/** What conditions, facts and amounts are read from. */
export interface Scope {
  /** The event that plain paths speak of. */
  readonly event: JsonObject;
  /** Names that the detect type gives: start, expect, due, moves, unit, step1 …, value, trigger. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Facts of `let`; one that could not be computed is absent. */
  readonly facts: Readonly<Record<string, unknown>>;
}
