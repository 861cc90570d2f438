import type { Json, JsonObject } from '../json';

/** An event that counts for a window, or is a step or a cancel of a sequence. */
export interface GatheredItem {
  readonly t: number;
  readonly s: string;
  readonly d: string;
  /** Window: what was measured (numbers, monies, scalars; 1 or 0 for `share`). */
  readonly v?: readonly Json[];
  /** Sequence: the steps it can be, one bit each. */
  readonly m?: number;
  /** Sequence: it cancels. */
  readonly c?: true;
  /** Taken while this version was the one to open. An old version ends when none of these is left. */
  readonly o: boolean;
  /** The clock at its arrival, where it came long after its time: it is kept as long as any other. */
  readonly a?: number;
  readonly e: JsonObject;
}

/** What one version has gathered for a key. */
export interface GatheredBook {
  readonly n: number;
  items: GatheredItem[];
  /** From when it is kept, and refs, of what was used up: known, so a duplicate is not taken again. */
  used: [number, string][];
}

export interface GatheredState {
  /** Oldest version first. */
  books: GatheredBook[];
  /** With `allow_late`: waiting for the clock to pass time + allow_late. */
  waiting: JsonObject[];
}

export function emptyGatheredState(): GatheredState {
  return { books: [], waiting: [] };
}
