import { timeOf } from './arrivals';
import type { Detector } from './detector';
import type { OracleEvent, OracleIncident } from './model';
import { plainMs } from './span';
import type { World } from './world';

/** What looks at events one by one, given all that it has looked at (the last one is new). */
export interface Looker {
  look: (looked: OracleEvent[]) => void;
  incidents: () => OracleIncident[];
}

/**
 * Semantics 3: without `allow_late` each event is looked at as it arrives; with it they wait
 * until the clock has passed time + `allow_late` and go in (time, source, id) order.
 */
export function inOrderDetector(world: World, makeLooker: (world: World) => Looker): Detector {
  const looker = makeLooker(world);
  const waits = plainMs(world.rule.detect.allow_late ?? '0s') > 0;
  const looked: OracleEvent[] = [];
  const look = (event: OracleEvent): void => {
    looked.push(event);
    looker.look(looked);
  };
  return {
    read: (event) => {
      if (!waits) look(event);
    },
    timers: () =>
      !waits
        ? []
        : world.read
            .filter((event) => !looked.includes(event))
            .map((event) => ({ atMs: timeOf(event), start: event, fire: () => look(event) })),
    incidents: looker.incidents,
  };
}
