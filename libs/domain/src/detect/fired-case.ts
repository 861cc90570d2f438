import { formatInstant } from '../values';
import { read } from './compiled-common';
import type { DeadlineSpec } from './compiled-deadline';
import type { FiredCase } from './deadline-state';
import type { IncidentIdentity, IncidentReading } from './effects';
import { eventRef } from './event-ref';
import { identityOf } from './emit-miss';
import type { SlotContext } from './slot-context';

/** Which incident a miss became, if it counts by itself. */
export function firedIdentity(fired: FiredCase, context: SlotContext): IncidentIdentity {
  const occurrence = eventRef({ source: fired.s, id: fired.d });
  return identityOf({ key: context.slot.key, occurrence, at: fired.at }, context);
}

/** What amount and message of a miss are read from, `unit` units in. */
export function firedReading(spec: DeadlineSpec, fired: FiredCase, unit?: number): IncidentReading {
  const n = unit ?? (spec.accrue ? Math.max(1, fired.units) : undefined);
  const vars = {
    start: fired.e,
    due: formatInstant(fired.due),
    moves: fired.moves,
    ...(n === undefined ? {} : { unit: n }),
    ...(fired.expect ? { expect: fired.expect } : {}),
  };
  return read(spec, fired.e, vars);
}
