/** One mistake in what was asked, in both languages; pointers are JSON Pointers into the body. */
export interface RefusalItem {
  readonly pointer: string;
  readonly code: string;
  readonly message: RefusalText;
  readonly hint?: RefusalText;
  /** Where in the text that the pointer names: CEL expressions. */
  readonly position?: { readonly from: number; readonly to: number };
}

export interface RefusalText {
  readonly en: string;
  readonly zh: string;
}

export interface RefusalDetails {
  /** Instead of the title that the code has. */
  readonly title?: RefusalText;
  /** What to do about it. */
  readonly hint?: RefusalText;
  /** One sentence on this very case, for people. */
  readonly detail?: string;
  readonly errors?: readonly RefusalItem[];
  /** Further members of the answer, such as `decided_by`. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** The current ETag, where a stale one was sent. */
  readonly etag?: string;
}

/**
 * A use case says no. `code` is a stable code of the REST contract; the edge turns it into a
 * problem document. What is thrown otherwise is our own fault.
 */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly details: RefusalDetails = {},
  ) {
    super(details.detail ?? code);
    this.name = 'Refusal';
  }
}

export function notFound(): Refusal {
  return new Refusal('not_found');
}

/** A 422 about one field. */
export function invalidField(pointer: string, code: string, message: RefusalText): Refusal {
  return new Refusal('invalid_body', { errors: [{ pointer, code, message }] });
}
