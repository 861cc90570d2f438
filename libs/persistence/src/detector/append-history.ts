import type { HistoryAppend, SeqRun } from '@amends/application';
import type { ClientBase } from 'pg';
import { arrayOf } from '../database/binary-array';
import { plainArray, textArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { tuplesOf } from '../database/statement';
import { customerHash, subjectHash } from '../history/history-hash';
import { packSegment, type PackedSegment } from '../history/pack-segment';
import { segmentChunks } from '../history/segment-chunks';
import { APPEND_KEYED, APPEND_SEGMENTS } from './history-statements';

/** Appends events, with the values they are looked up by; answers their seqs, in order. */
export async function appendHistory(
  client: Pick<ClientBase, 'query'>,
  rows: readonly HistoryAppend[],
): Promise<SeqRun[]> {
  const chunks = segmentChunks(rows);
  const keys = keyColumns(chunks);
  const hashes = chunks.map(hashesOf);
  return Promise.all(chunks.map((chunk) => packSegment(chunk))).then((segments) =>
    insertSegments(client, segments, hashes, keys),
  );
}

async function insertSegments(
  client: Pick<ClientBase, 'query'>,
  segments: readonly PackedSegment[],
  hashes: readonly (readonly number[])[],
  keys: readonly unknown[] | undefined,
): Promise<SeqRun[]> {
  const statement = keys === undefined ? APPEND_SEGMENTS : APPEND_KEYED;
  const values = [...segmentColumns(segments, hashes), ...(keys ?? [])];
  const firsts = await tuplesOf<[bigint | string]>(client, statement, values);
  // The connections of the service answer with bigints, others with texts.
  return segments.map(({ events }, index) => ({
    first: BigInt(firsts[index]?.[0] ?? 0),
    count: events,
  }));
}

function segmentColumns(
  segments: readonly PackedSegment[],
  hashes: readonly (readonly number[])[],
): readonly unknown[] {
  return [
    plainArray(segments.map(({ events }) => events)),
    textArray(segments.map(({ minMs }) => pgTime(minMs))),
    textArray(segments.map(({ maxMs }) => pgTime(maxMs))),
    textArray(segments.map(({ types }) => textArray(types))),
    plainArray(startsOf(hashes)),
    plainArray(hashes.map(({ length }) => length)),
    plainArray(segments.map(({ isSmall }) => isSmall)),
    plainArray(startsOf(segments.map(({ bytes }) => bytes))),
    plainArray(segments.map(({ bytes }) => bytes.length)),
    arrayOf.int4(hashes.flat()),
    segments.length === 1 ? segments[0]?.bytes : Buffer.concat(segments.map(({ bytes }) => bytes)),
  ];
}

/** Where each begins once they are put together, from 1. */
function startsOf(parts: readonly { readonly length: number }[]): number[] {
  let next = 1;
  return parts.map(({ length }) => (next += length) - length);
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
