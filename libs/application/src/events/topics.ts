import { eventTopic } from '@amends/contracts';
import type { DomainEvent } from '@amends/domain';
import { stableHash } from './stable-hash';
import { topicsCarrying, topicsRead, type TopicRoutes } from './topic-routes';

interface Routing {
  /** Where an event of this type goes. */
  readonly topicOf: (type: string) => string;
  /** Every topic that may carry events of this type; that of `topicOf` unless given. */
  readonly topicsOf?: (type: string) => readonly string[];
  /** Every topic that has to be read. */
  readonly all: readonly string[];
}

export interface TopicsOptions extends Routing {
  /** Partitions per topic of the log. A broker has its own number. */
  readonly partitions: number;
  /** What another map of the account changes; nothing unless given. */
  readonly follow?: (routes: TopicRoutes, before: Routing) => Routing;
}

/** The one topic of the log under the stream clock: what arrives has one order. */
export const STREAM_CLOCK_TOPIC = 'all.events';
const LOG_PARTITIONS = 4;

/** Which topic and partition an event goes to; the topics as of the account's present map. */
export class Topics {
  readonly partitions: number;
  private routing: Routing;
  private readonly change: TopicsOptions['follow'];

  constructor({ partitions, follow, ...routing }: TopicsOptions) {
    this.partitions = partitions;
    this.routing = routing;
    this.change = follow;
  }

  /** The usual ones, by event type. */
  static byType(topicOf: (type: string) => string, all: readonly string[]): Topics {
    return new Topics({ topicOf, all, partitions: LOG_PARTITIONS });
  }

  /** By the account's map, which may change at any time. */
  static routed(routes: TopicRoutes): Topics {
    return new Topics({ ...routingOf(routes), partitions: LOG_PARTITIONS, follow: routingOf });
  }

  /**
   * The same over a broker, whose topics are subscribed to at the start: a change takes effect at the
   * next one, and until then deadlines wait for topics that are not read yet.
   */
  static subscribed(routes: TopicRoutes): Topics {
    const follow = (changed: TopicRoutes, before: Routing): Routing => ({
      ...before,
      topicsOf: (type) => topicsCarrying(type, changed),
    });
    return new Topics({ ...routingOf(routes), partitions: LOG_PARTITIONS, follow });
  }

  /** One topic with one partition, for `AMENDS_CLOCK=stream`. */
  static single(): Topics {
    const topicOf = (): string => STREAM_CLOCK_TOPIC;
    return new Topics({ topicOf, all: [STREAM_CLOCK_TOPIC], partitions: 1 });
  }

  get all(): readonly string[] {
    return this.routing.all;
  }

  readonly topicOf = (type: string): string => this.routing.topicOf(type);

  readonly topicsOf = (type: string): readonly string[] =>
    this.routing.topicsOf?.(type) ?? [this.topicOf(type)];

  /** From now on by that map. */
  follow(routes: TopicRoutes): void {
    this.routing = this.change?.(routes, this.routing) ?? this.routing;
  }

  /** A customer's events share a partition, so that they keep their order. */
  partitionOf(event: DomainEvent): number {
    if (this.partitions === 1) return 0;
    return stableHash(partitionKey(event)) % this.partitions;
  }
}

function routingOf(routes: TopicRoutes): Routing {
  return {
    topicOf: (type) => eventTopic(type, routes.current),
    topicsOf: (type) => topicsCarrying(type, routes),
    all: topicsRead(routes),
  };
}

/** What keeps its order: the customer, else the thing the event is about. */
export function partitionKey(event: DomainEvent): string {
  if (event.customerId !== undefined) return event.customerId;
  const { subject } = event.json;
  return typeof subject === 'string' ? subject : event.id;
}
