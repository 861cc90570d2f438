import type { BatchOutcome, EventBatch } from '@amends/application';
import { BaseRpcContext, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { KafkaEventSource } from './kafka-event-source';

/** Transport of `@EventPattern(topic, KAFKA_BATCH)`: one call per batch, not per message. */
export const KAFKA_BATCH = Symbol('KAFKA_BATCH');

/** What accompanies a batch. */
export class KafkaBatchContext extends BaseRpcContext<[EventBatch]> {
  get batch(): EventBatch {
    return this.getArgByIndex(0) as EventBatch;
  }
}

/**
 * Binds the batches of a `KafkaEventSource` to `@EventPattern` handlers, so that guards, interceptors
 * and injection work as for any Nest transport. The handler answers a `BatchOutcome`.
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  override transportId = KAFKA_BATCH;
  override readonly propagatesEventHandlerErrors = true;

  constructor(private readonly source: KafkaEventSource) {
    super();
  }

  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      this.checkHandlers();
      await this.source.start((batch) => this.dispatch(batch));
      callback();
    } catch (error) {
      callback(error);
    }
  }

  /** Waits for batches that are being handled. */
  async close(): Promise<void> {
    await this.source.stop();
  }

  on(): never {
    throw new Error('this transport has no events of its own; watch the event source');
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as Server has it
  unwrap<T>(): T {
    return this.source as T;
  }

  private async dispatch(batch: EventBatch): Promise<BatchOutcome> {
    const handler = this.getHandlerByPattern(batch.topic);
    if (handler === null) throw new Error(`nothing handles the topic ${batch.topic}`);
    const answer: unknown = await handler(batch, new KafkaBatchContext([batch]));
    // A handler that throws answers an observable that fails: awaiting it is what brings the error here.
    const outcome: unknown = isObservable(answer)
      ? await lastValueFrom(answer, { defaultValue: undefined })
      : answer;
    if (outcome === 'done' || outcome === 'fenced') return outcome;
    throw new Error(`the handler of ${batch.topic} did not say what became of the batch`);
  }

  /** Nest would join two handlers of one topic without order or shared transaction. */
  private checkHandlers(): void {
    for (const topic of this.source.topics) {
      const handler = this.getHandlerByPattern(topic);
      if (handler === null) throw new Error(`nothing handles the topic ${topic}`);
      if (handler.next !== undefined) throw new Error(`two handlers for the topic ${topic}`);
    }
  }
}
