import type { DomainEvent } from '@amends/domain';
import { stableHash } from './stable-hash';

export interface TopicsOptions {
  /** Where an event of this type goes. */
  readonly topicOf: (type: string) => string;
  /** Every topic `topicOf` can answer. */
  readonly all: readonly string[];
  /** Partitions per topic of the log. A broker has its own number. */
  readonly partitions: number;
}

/** The one topic of the log under the stream clock: what arrives has one order. */
export const STREAM_CLOCK_TOPIC = 'all.events';
const LOG_PARTITIONS = 4;

/** Which topic and partition an event goes to. */
export class Topics {
  readonly all: readonly string[];
  readonly partitions: number;
  readonly topicOf: (type: string) => string;

  constructor(options: TopicsOptions) {
    this.all = options.all;
    this.partitions = options.partitions;
    this.topicOf = options.topicOf;
  }

  /** The usual ones, by event type. */
  static byType(topicOf: (type: string) => string, all: readonly string[]): Topics {
    return new Topics({ topicOf, all, partitions: LOG_PARTITIONS });
  }

  /** One topic with one partition, for `AMENDS_CLOCK=stream`. */
  static single(): Topics {
    const topicOf = (): string => STREAM_CLOCK_TOPIC;
    return new Topics({ topicOf, all: [STREAM_CLOCK_TOPIC], partitions: 1 });
  }

  /** A customer's events share a partition, so that they keep their order. */
  partitionOf(event: DomainEvent): number {
    if (this.partitions === 1) return 0;
    return stableHash(partitionKey(event)) % this.partitions;
  }
}

/** What keeps its order: the customer, else the thing the event is about. */
export function partitionKey(event: DomainEvent): string {
  if (event.customerId !== undefined) return event.customerId;
  const { subject } = event.json;
  return typeof subject === 'string' ? subject : event.id;
}
