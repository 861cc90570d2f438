/** Segments are joined only within such a stretch of seqs, so that a seq is found in it. */
export const SEQS_PER_BLOCK = 1_048_576;
