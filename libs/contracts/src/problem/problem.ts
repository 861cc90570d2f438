/** One mistake in a request body. */
export interface ProblemItem {
  /** JSON Pointer into the body. */
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Where in the text that the pointer names, in UTF-16 units (`to` excluded): CEL expressions. */
  readonly position?: { readonly from: number; readonly to: number };
}

/**
 * The answer to what went wrong: RFC 9457 with our extensions. `code` never changes; titles may.
 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The path of the request. */
  readonly instance?: string;
  readonly request_id?: string;
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean;
  readonly errors?: readonly ProblemItem[];
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';
