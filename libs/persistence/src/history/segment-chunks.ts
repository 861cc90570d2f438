import type { HistoryAppend } from '@amends/application';

const EVENTS_MAX = 1_000;
/** Compressed and opened as one. */
const CHARACTERS_MAX = 1_048_576;

/** Splits events, in order, into what is to be a segment each. */
export function segmentChunks<E extends Pick<HistoryAppend, 'body'>>(events: readonly E[]): E[][] {
  const chunks: E[][] = [];
  let [chunk, characters]: [E[], number] = [[], 0];
  for (const event of events) {
    const isFull = chunk.length === EVENTS_MAX || characters + event.body.length > CHARACTERS_MAX;
    if (isFull && chunk.length > 0) {
      chunks.push(chunk);
      [chunk, characters] = [[], 0];
    }
    chunk.push(event);
    characters += event.body.length;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
