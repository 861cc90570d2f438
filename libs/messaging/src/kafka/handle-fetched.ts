import type { BatchHandler, StreamRecord } from '@amends/application';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { HISTORY_HEADER } from './history-header';
import type { OwnedPartition } from './owned-partition';

export interface FetchedContext {
  readonly handler: BatchHandler;
  readonly chunkMax: number;
  /** False once the partition has been given to somebody else. */
  readonly isMine: () => boolean;
  /** A chunk is done. */
  readonly onChunk: () => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Hands a fetched batch over in chunks, with a heartbeat after each (what it throws goes through: a
 * rebalance). `restand`: the position has to be read again before going on.
 */
export async function handleFetched(
  owned: OwnedPartition,
  payload: EachBatchPayload,
  context: FetchedContext,
): Promise<'done' | 'restand'> {
  const { batch } = payload;
  if (owned.expected === undefined) return 'done';
  // What came before it failed and was dropped: behind it there would be a gap.
  if (owned.expected !== fetchedFrom(batch)) return 'restand';

  const { messages } = batch;
  for (let start = 0; start < messages.length; start += context.chunkMax) {
    if (!payload.isRunning() || payload.isStale() || !context.isMine()) return 'done';
    const chunk = messages.slice(start, start + context.chunkMax);
    const isLast = start + context.chunkMax >= messages.length;
    // The last offset counts control records that end the batch, which are no messages.
    const lastOffset = isLast ? batch.lastOffset() : (chunk.at(-1)?.offset ?? batch.lastOffset());
    const nextOffset = BigInt(lastOffset) + 1n;
    try {
      const outcome = await owned.deliver(context.handler, chunk.map(toRecord), nextOffset);
      if (outcome === 'lost') return 'done';
      if (outcome === 'fenced') return 'restand';
    } catch (error) {
      context.onError(error);
      return 'restand';
    }
    context.onChunk();
    await payload.heartbeat();
  }
  return 'done';
}

/** The offset that the fetch asked for; not in kafkajs' types. */
export function fetchedFrom(batch: EachBatchPayload['batch']): bigint {
  const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string };
  return BigInt(fetchedOffset);
}

function toRecord({ offset, value, headers }: KafkaMessage): StreamRecord {
  return {
    offset: BigInt(offset),
    value,
    history: headers?.[HISTORY_HEADER] !== undefined,
    ...(headers !== undefined && { headers }),
  };
}
