/** Between head and bodies, and between two bodies: no JSON text holds it (RFC 8259, 7; RFC 7464). */
export const SEPARATOR = '\x1e';

/** What is known of the events of a segment without looking at them. JSON, before the bodies. */
export interface SegmentHead {
  /** Epoch ms; `times` are counted from here. */
  readonly base: number;
  readonly times: readonly number[];
  readonly types: readonly string[];
  /** Per event, its type's place in `types`; left out where there is one only. */
  readonly kinds?: readonly number[];
  /** Stretches of consecutive offsets. */
  readonly places: readonly Stretch[];
  /** Stretches of seqs: how far beyond the first one, how many; left out: one stretch. */
  readonly seqs?: readonly (readonly [ahead: number, count: number])[];
}

/** Offsets are texts, since they may go beyond what a number holds. */
export type Stretch = readonly [
  topic: string,
  partition: number,
  offset: string,
  count: number,
  imported: 0 | 1,
];
