import type { OracleEvent, OracleIncident } from './model';
import type { Timer } from './timer';

/** One of the four detect types at work. */
export interface Detector {
  /** Told of an event when it is read; the world already holds it. */
  read: (event: OracleEvent) => void;
  /** Everything that would happen if the clock went on for ever and nothing more came. */
  timers: () => Timer[];
  incidents: () => OracleIncident[];
}
