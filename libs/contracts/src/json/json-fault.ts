export type JsonFaultCode =
  | 'malformed_json'
  | 'too_large'
  | 'too_deep'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'bad_number'
  | 'bad_text';

/** What is wrong with a JSON text, and where. */
export interface JsonFault {
  readonly code: JsonFaultCode;
  /** JSON Pointer (RFC 6901); of the whole text where no closer place is known. */
  readonly pointer: string;
  readonly message: string;
}

/** More than these of one text are not listed: the first already refuse it. */
export const MAX_FAULTS = 50;
