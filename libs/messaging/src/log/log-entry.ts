import type { IncomingEvent } from '@amends/application';

/** An event on its way into the log; `history`: an import that no rule looks at (semantics 11). */
export interface LogEntry extends IncomingEvent {
  readonly history: boolean;
}
