import type { Detect } from '../rule-document';

const DEADLINE: ReadonlySet<string> = new Set(['start', 'expect', 'due', 'moves', 'unit']);
const WINDOW: ReadonlySet<string> = new Set(['value']);
const FAN_OUT: ReadonlySet<string> = new Set(['trigger']);
const NONE: ReadonlySet<string> = new Set();

/** The names beside the event's own fields that paths and facts of a detect type may use. */
export function varNamesOf(detect: Detect): ReadonlySet<string> {
  switch (detect.type) {
    case 'deadline':
      return DEADLINE;
    case 'window':
      return WINDOW;
    case 'sequence':
      return new Set(detect.steps.map((_step, index) => `step${index + 1}`));
    case 'event':
      return detect.for_each ? FAN_OUT : NONE;
  }
}
