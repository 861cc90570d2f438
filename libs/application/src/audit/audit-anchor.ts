import type { AuditHead } from './seal-audit';

/** An end of the chain as somebody outside keeps it. */
export type AnchoredHead = AuditHead;

/** Somewhere outside the database that keeps ends of the chain: whoever rewrites the audit cannot rewrite that. */
export abstract class AuditAnchor {
  /** Names it in the audit's own list of anchors: `file`, `webhook`. */
  abstract readonly place: string;

  /** Hands an end of the chain over; resolves once it is kept. */
  abstract put(head: AuditHead, atMs: number): Promise<void>;

  /** What it keeps, where it can be asked; an empty list otherwise. */
  abstract kept(): Promise<readonly AnchoredHead[]>;
}
