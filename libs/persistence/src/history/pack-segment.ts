import { compress } from 'snappy';
import { clampToPg } from '../database/pg-time';
import type { SegmentEvent } from './segment-event';
import { SEPARATOR, type SegmentHead, type Stretch } from './segment-head';

export type PackEvent = Omit<SegmentEvent, 'seq' | 'body'> & {
  readonly body: string | Uint8Array;
};

/** A segment as it is written, but for what it is looked up by. */
export interface PackedSegment {
  readonly events: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly types: readonly string[];
  readonly bytes: Uint8Array;
  /** Worth joining with others. */
  readonly isSmall: boolean;
}

const SMALL_EVENTS = 64;
/** Before it is packed: what packs well is opened, too, when it is joined. */
const SMALL_LENGTH = 65_536;
const SEPARATOR_BYTE = SEPARATOR.charCodeAt(0);

/**
 * Packs events in the order of their seqs; these are consecutive, unless they are given. Compressed beside the event
 * loop, which has enough to do.
 */
export async function packSegment(
  events: readonly PackEvent[],
  seqs?: readonly bigint[],
): Promise<PackedSegment> {
  const { plain, ...known } = layOut(events, seqs);
  // A function that waited here would keep the events alive meanwhile: see `writeBatch`.
  return compress(plain).then((bytes) => ({ ...known, bytes }));
}

function layOut(events: readonly PackEvent[], seqs?: readonly bigint[]) {
  const times = events.map(({ timeMs }) => clampToPg(timeMs));
  let [minMs, maxMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const timeMs of times) {
    if (timeMs < minMs) minMs = timeMs;
    if (timeMs > maxMs) maxMs = timeMs;
  }
  const places = new Map<string, number>();
  const kinds = events.map(({ type }) => {
    const known = places.get(type);
    if (known !== undefined) return known;
    places.set(type, places.size);
    return places.size - 1;
  });
  const types = [...places.keys()];
  const head: SegmentHead = {
    base: minMs,
    times: times.map((timeMs) => timeMs - minMs),
    types,
    ...(types.length > 1 && { kinds }),
    places: stretchesOf(events),
    ...(seqs !== undefined && { seqs: seqStretches(seqs) }),
  };
  const plain = joined(JSON.stringify(head), events);
  const isSmall = events.length < SMALL_EVENTS && plain.length < SMALL_LENGTH;
  return { events: events.length, minMs, maxMs, types, plain, isSmall };
}

/** Texts are joined as such: one copy into UTF-8 instead of a thousand. */
function joined(head: string, events: readonly PackEvent[]): string | Buffer {
  const bodies = events.map(({ body }) => body);
  if (bodies.every((body) => typeof body === 'string')) return [head, ...bodies].join(SEPARATOR);
  const parts = [Buffer.from(head), ...bodies.map(bytesOf)];
  const length = parts.reduce((sum, part) => sum + part.length + SEPARATOR.length, 0);
  const plain = Buffer.allocUnsafe(length - SEPARATOR.length);
  let at = 0;
  for (const part of parts) {
    if (at > 0) plain[at++] = SEPARATOR_BYTE;
    plain.set(part, at);
    at += part.length;
  }
  return plain;
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function stretchesOf(events: readonly PackEvent[]): Stretch[] {
  const stretches: Stretch[] = [];
  let [first, count] = [events[0], 0];
  const end = (): void => {
    if (first === undefined) return;
    const { topic, partition, offset, imported } = first;
    stretches.push([topic, partition, String(offset), count, imported ? 1 : 0]);
  };
  for (const event of events) {
    if (first !== undefined && !continues(first, count, event)) {
      end();
      [first, count] = [event, 0];
    }
    count += 1;
  }
  end();
  return stretches;
}

function continues(first: PackEvent, count: number, next: PackEvent): boolean {
  return (
    next.partition === first.partition &&
    next.topic === first.topic &&
    next.imported === first.imported &&
    next.offset === first.offset + BigInt(count)
  );
}

function seqStretches(seqs: readonly bigint[]): (readonly [number, number])[] {
  const [first = 0n] = seqs;
  const stretches: [ahead: number, count: number][] = [];
  for (const seq of seqs) {
    const ahead = Number(seq - first);
    const last = stretches.at(-1);
    if (last !== undefined && ahead === last[0] + last[1]) last[1] += 1;
    else stretches.push([ahead, 1]);
  }
  return stretches;
}
