/** Bounds on a JSON text from outside. */
export interface JsonLimits {
  /** Bytes of UTF-8. */
  readonly maxBytes: number;
  /** Levels of arrays and objects; a scalar has none. */
  readonly maxDepth: number;
  /** Items of any one array. */
  readonly maxArrayItems: number;
}

/** One event, or one rule document: 256 kB, as the broker and the HTTP door allow too. */
export const DOCUMENT_LIMITS: JsonLimits = {
  maxBytes: 256 * 1024,
  maxDepth: 32,
  maxArrayItems: 10_000,
};
