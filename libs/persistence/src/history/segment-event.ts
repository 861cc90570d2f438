import type { HistoryEvent } from '@amends/application';

/** An event out of a segment, and where it had been read. */
export interface SegmentEvent extends HistoryEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly imported: boolean;
}
