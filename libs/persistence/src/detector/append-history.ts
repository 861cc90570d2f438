import type { HistoryAppend } from '@amends/application';
import type { ClientBase } from 'pg';
import { plainArray, textArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { tuplesOf } from '../database/statement';
import { customerHash, subjectHash } from '../history/history-hash';
import { packSegment } from '../history/pack-segment';
import { segmentChunks } from '../history/segment-chunks';
import { APPEND_KEYED, APPEND_SEGMENTS } from './history-statements';

/** Appends events, with the values they are looked up by; answers their seqs, in order. */
export async function appendHistory(
  client: Pick<ClientBase, 'query'>,
  rows: readonly HistoryAppend[],
): Promise<bigint[]> {
  const chunks = segmentChunks(rows);
  const keys = keyColumns(chunks);
  const statement = keys === undefined ? APPEND_SEGMENTS : APPEND_KEYED;
  const values = [...segmentColumns(chunks), ...(keys ?? [])];
  const firsts = await tuplesOf<[bigint | string]>(client, statement, values);
  return chunks.flatMap((chunk, index) => {
    // The connections of the service answer with bigints, others with texts.
    const first = BigInt(firsts[index]?.[0] ?? 0);
    return chunk.map((_, event) => first + BigInt(event));
  });
}

function segmentColumns(chunks: readonly (readonly HistoryAppend[])[]): unknown[] {
  const segments = chunks.map((chunk) => packSegment(chunk));
  let next = 1;
  const starts = segments.map(({ bytes }) => (next += bytes.length) - bytes.length);
  return [
    plainArray(segments.map(({ events }) => events)),
    textArray(segments.map(({ minMs }) => pgTime(minMs))),
    textArray(segments.map(({ maxMs }) => pgTime(maxMs))),
    textArray(segments.map(({ types }) => textArray(types))),
    textArray(chunks.map((chunk) => plainArray(hashesOf(chunk)))),
    plainArray(segments.map(({ isSmall }) => isSmall)),
    plainArray(starts),
    plainArray(segments.map(({ bytes }) => bytes.length)),
    segments.length === 1 ? segments[0]?.bytes : Buffer.concat(segments.map(({ bytes }) => bytes)),
  ];
}

/** Whose events there are, each once. */
function hashesOf(events: readonly HistoryAppend[]): number[] {
  const hashes = new Set<number>();
  for (const { customerId, subject } of events) {
    if (customerId !== null) hashes.add(customerHash(customerId));
    if (subject !== null) hashes.add(subjectHash(subject));
  }
  return [...hashes];
}

/** By segment, from 1, and event, from 0. */
function keyColumns(chunks: readonly (readonly HistoryAppend[])[]): unknown[] | undefined {
  const keys = chunks.flatMap((chunk, segment) =>
    chunk.flatMap(({ type, timeMs, keys: own }, event) =>
      own.map(({ path, hash }) => ({ segment: segment + 1, event, type, path, hash, timeMs })),
    ),
  );
  if (keys.length === 0) return undefined;
  return [
    plainArray(keys.map(({ segment }) => segment)),
    plainArray(keys.map(({ event }) => event)),
    textArray(keys.map(({ type }) => type)),
    textArray(keys.map(({ path }) => path)),
    keys.map(({ hash }) => Buffer.from(hash)),
    textArray(keys.map(({ timeMs }) => pgTime(timeMs))),
  ];
}
