import type { OracleEvent, RawRule } from './model';
import { lookup } from './scope';

/** The value of `by` in an event; undefined when the event has no key. */
export function keyOf(event: OracleEvent, detect: RawRule): unknown {
  return valueAt(event, detect.by ?? 'subject', detect);
}

/** A key-like value at a path of an event: a string, a number or a boolean. */
export function valueAt(event: OracleEvent, path: string, detect: RawRule): unknown {
  return scalar(lookup({ event, names: {}, lets: detect.let }, path));
}

/** The value, if it can stand as a key. */
export function scalar(value: unknown): unknown {
  return ['string', 'number', 'boolean'].includes(typeof value) ? value : undefined;
}

/** Two keys are one when they are written alike in JSON: 1 and "1" differ. */
export function keyText(key: unknown): string {
  return JSON.stringify(key);
}
