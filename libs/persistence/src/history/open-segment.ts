import { uncompressSync } from 'snappy';
import type { SegmentEvent } from './segment-event';
import { SEPARATOR, type SegmentHead } from './segment-head';

/** What is needed of a row to get at its events. */
export interface ClosedSegment {
  readonly firstSeq: bigint;
  readonly packing: string;
  readonly bodies: Buffer;
}

/** The events of a segment, in the order of their seqs. */
export function openSegment({ firstSeq, packing, bodies }: ClosedSegment): SegmentEvent[] {
  const bytes = packing === 'snappy' ? (uncompressSync(bodies) as Buffer) : bodies;
  const [headText = '', ...texts] = bytes.toString('utf8').split(SEPARATOR);
  const head = JSON.parse(headText) as SegmentHead;
  const seqs = seqsOf(head, texts.length);
  const places = placesOf(head);
  return texts.map((body, index) => ({
    seq: firstSeq + BigInt(seqs[index] as number),
    timeMs: head.base + (head.times[index] as number),
    type: head.types[head.kinds?.[index] ?? 0] as string,
    body,
    ...(places[index] as Place),
  }));
}

function seqsOf({ seqs }: SegmentHead, count: number): readonly number[] {
  const stretches = seqs ?? [[0, count] as const];
  return stretches.flatMap(([ahead, length]) => Array.from({ length }, (_, n) => ahead + n));
}

type Place = Pick<SegmentEvent, 'topic' | 'partition' | 'offset' | 'imported'>;

function placesOf({ places }: SegmentHead): readonly Place[] {
  return places.flatMap(([topic, partition, offset, length, imported]) =>
    Array.from({ length }, (_, n) => ({
      topic,
      partition,
      offset: BigInt(offset) + BigInt(n),
      imported: imported === 1,
    })),
  );
}
