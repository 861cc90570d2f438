import {
  EventSink,
  noProbe,
  partitionKey,
  type AppendOptions,
  type AppendVerdict,
  type IncomingEvent,
  type StepProbe,
  type Topics,
} from '@amends/application';
import { inTransaction } from '@amends/persistence';
import type { Message } from 'kafkajs';
import type { Pool } from 'pg';
import { GroupCommit } from '../log/group-commit';
import { quarantineReused } from '../log/quarantine-reused';
import { knownVerdicts, rememberSeen } from '../log/seen-events';
import { isBrokerAway, type EventProducer } from './event-producer';
import { HISTORY_HEADER } from './history-header';

export interface KafkaEventSinkOptions {
  readonly producer: EventProducer;
  readonly pool: Pool;
  readonly topics: Topics;
  readonly probe?: StepProbe;
}

interface Entry extends IncomingEvent {
  readonly history: boolean;
}

const GROUP_EVENTS_MAX = 2_000;
const CONTENT_TYPE = 'application/cloudevents+json; charset=UTF-8';

/**
 * Produces to Kafka and answers when all replicas have it. What the door knows is looked up before and
 * written down after: a crash in between lets an event in twice, which changes nothing (semantics 2).
 */
export class KafkaEventSink extends EventSink {
  private readonly group: GroupCommit<Entry, AppendVerdict>;

  constructor(private readonly options: KafkaEventSinkOptions) {
    super();
    this.group = new GroupCommit(
      (entries) => this.send(entries),
      GROUP_EVENTS_MAX,
      (error) => !isBrokerAway(error),
    );
  }

  append(events: readonly IncomingEvent[], { history }: AppendOptions): Promise<AppendVerdict[]> {
    return this.group.submit(events.map((incoming) => ({ ...incoming, history })));
  }

  private async send(entries: readonly Entry[]): Promise<AppendVerdict[]> {
    const { pool, topics, probe = noProbe } = this.options;
    const verdicts = await knownVerdicts(pool, entries);
    const fresh = entries.filter((_, index) => verdicts[index] === 'accepted');
    const reused = entries.filter((_, index) => verdicts[index] === 'quarantined');
    if (fresh.length > 0) await this.produce(fresh);
    probe('ingest.before-commit');
    if (fresh.length + reused.length > 0) {
      await inTransaction(pool, async (client) => {
        await rememberSeen(client, fresh);
        if (reused.length > 0) await quarantineReused(client, topics, reused);
      });
    }
    probe('ingest.after-commit');
    return verdicts;
  }

  private async produce(entries: readonly Entry[]): Promise<void> {
    const { producer, topics } = this.options;
    const byTopic = new Map<string, Message[]>();
    for (const { event, body, history } of entries) {
      const topic = topics.topicOf(event.type);
      const messages = byTopic.get(topic) ?? [];
      byTopic.set(topic, messages);
      messages.push({
        key: partitionKey(event),
        value: body,
        headers: { 'content-type': CONTENT_TYPE, ...(history && { [HISTORY_HEADER]: '1' }) },
      });
    }
    await producer.sendBatch({
      topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
    });
  }
}
