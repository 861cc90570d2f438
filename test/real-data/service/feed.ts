import type { RealEvent } from '../data/real-event';
import type { Rest } from './rest';

export interface FeedOptions {
  /** Events per request; 1,000 is the most the service takes. */
  readonly batchSize?: number;
  /**
   * Called when a request fails, to bring the service back; the same request is then sent again, as a
   * producer does that has no answer. Without it a failure is the spec's.
   */
  readonly recover?: (error: unknown) => Promise<void>;
}

export interface Fed {
  readonly accepted: number;
  readonly duplicates: number;
}

interface Answer extends Fed {
  readonly rejected: readonly unknown[];
}

/** Sends the events in this order, one request after the other. */
export async function feed(
  rest: Rest,
  events: readonly RealEvent[],
  { batchSize = 1000, recover }: FeedOptions = {},
): Promise<Fed> {
  let accepted = 0;
  let duplicates = 0;
  for (let start = 0; start < events.length; start += batchSize) {
    const batch = events.slice(start, start + batchSize);
    const answer = await untilAnswered(() => send(rest, batch), recover);
    if (answer.rejected.length > 0) {
      throw new Error(`rejected: ${JSON.stringify(answer.rejected.slice(0, 3))}`);
    }
    accepted += answer.accepted;
    duplicates += answer.duplicates;
  }
  return { accepted, duplicates };
}

/** The end of the input: every deadline up to then is over. */
export async function endInput(
  rest: Rest,
  advanceTo: string,
  recover?: FeedOptions['recover'],
): Promise<void> {
  await untilAnswered(() => rest.post('/v1/clock', { advance_to: advanceTo }), recover);
}

async function untilAnswered<T>(
  ask: () => Promise<T>,
  recover: FeedOptions['recover'],
): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (recover === undefined) throw error;
      await recover(error);
    }
  }
}

function send(rest: Rest, batch: readonly RealEvent[]): Promise<Answer> {
  return rest.post('/v1/events', batch, 'application/cloudevents-batch+json');
}
