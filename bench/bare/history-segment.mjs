import { libraryFile } from '../lib/dist.mjs';

const { packSegment } = libraryFile('persistence', 'history/pack-segment');
const { segmentChunks } = libraryFile('persistence', 'history/segment-chunks');
const { stableHash } = libraryFile('application', 'events/stable-hash');
/** As history-hash.ts has it. */
const SUBJECT = 0x5bd1e995;

/** The columns of the detector's statement, for the events of one partition. */
export async function historySegments(history, topic, partition) {
  const chunks = segmentChunks(history);
  const segments = await Promise.all(
    chunks.map((chunk) => packSegment(chunk.map((one) => packed(one, topic, partition)))),
  );
  const keys = chunks.map((chunk) => [...hashes(chunk)]);
  return [
    segments.map(({ events }) => events),
    segments.map(({ minMs }) => new Date(minMs)),
    segments.map(({ maxMs }) => new Date(maxMs)),
    segments.map(({ types }) => `{${types.map((type) => JSON.stringify(type)).join(',')}}`),
    startsOf(keys),
    keys.map(({ length }) => length),
    segments.map(({ isSmall }) => isSmall),
    startsOf(segments.map(({ bytes }) => bytes)),
    segments.map(({ bytes }) => bytes.length),
    `{${keys.flat().join(',')}}`,
    Buffer.concat(segments.map(({ bytes }) => bytes)),
  ];
}

function startsOf(parts) {
  let next = 1;
  return parts.map(({ length }) => (next += length) - length);
}

function packed({ offset, body, event }, topic, partition) {
  const timeMs = Date.parse(event.time);
  const place = { topic, partition, offset: BigInt(offset), imported: false };
  return { timeMs, type: event.type, body, ...place };
}

function hashes(history) {
  const found = new Set();
  for (const { event } of history) {
    found.add(stableHash(event.customerid) | 0);
    if (event.subject !== undefined) found.add(stableHash(event.subject) ^ SUBJECT);
  }
  return found;
}
