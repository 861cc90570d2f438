import type { BatchHandler, BatchOutcome, EventBatch } from '@amends/application';
import { KAFKA_BATCH } from '@amends/messaging';
import { Catch, Controller, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';

/** Nest would replace the error by a bare "Internal server error": the source needs to see it. */
@Catch()
class RethrowFilter implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/** The controller that binds Kafka topics to the detector: one call per batch. */
export function createEventsController(
  topics: readonly string[],
  handle: BatchHandler,
): new () => object {
  @Controller()
  @UseFilters(new RethrowFilter())
  class EventsController {
    @EventPattern([...topics], KAFKA_BATCH)
    take(@Payload() batch: EventBatch): Promise<BatchOutcome> {
      return handle(batch);
    }
  }
  return EventsController;
}
