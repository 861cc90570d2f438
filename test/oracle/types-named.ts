import type { OracleEvent, RawRule } from './model';

/** Whether an event's type is the one named, or among those named. */
export function isNamed(types: RawRule, event: OracleEvent): boolean {
  return Array.isArray(types) ? types.includes(event.type) : types === event.type;
}
