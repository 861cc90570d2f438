import type { Actor } from './actor';

/** A key or token that works: whose it is, and until when. */
export interface Credential {
  readonly actor: Actor;
  /** Epoch milliseconds; undefined: it has no end. */
  readonly endsAtMs: number | undefined;
}
