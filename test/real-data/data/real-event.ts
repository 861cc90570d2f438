import type { JsonObject } from '@amends/domain';

/** A row of a sample as the CloudEvent that a producer would have sent at that moment. */
export interface RealEvent {
  readonly specversion: '1.0';
  readonly source: string;
  readonly id: string;
  readonly type: string;
  /** RFC 3339 with zone. */
  readonly time: string;
  readonly subject: string;
  readonly customerid: string;
  readonly data: JsonObject;
}

/** In order of event time; events of one instant keep the order they have. */
export function inTimeOrder(events: readonly RealEvent[]): readonly RealEvent[] {
  return events
    .map((event) => ({ event, timeMs: Date.parse(event.time) }))
    .sort((a, b) => a.timeMs - b.timeMs)
    .map(({ event }) => event);
}
