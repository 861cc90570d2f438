import type { DomainEvent } from '@amends/domain';
import type { JsonFaultCode } from '../json';

/** Why an event was refused; stable, part of the REST contract. */
export type EventErrorCode =
  | JsonFaultCode
  | 'schema_violation'
  | 'unsupported_specversion'
  | 'unsupported_binary_data'
  | 'future_time'
  /** Of a customer who was erased: it is not kept. */
  | 'erased';

export interface EventError {
  /** JSON Pointer into the event in its JSON form, whatever form it came in. */
  readonly pointer: string;
  readonly message: string;
}

export interface AcceptedEvent {
  readonly ok: true;
  readonly event: DomainEvent;
  /** Whether what was sent is the event to the letter: nothing came from headers, no null was left out. */
  readonly isWhole: boolean;
}

export interface RefusedEvent {
  readonly ok: false;
  readonly code: EventErrorCode;
  readonly errors: readonly EventError[];
  /** The event's own id, where it could be read: so that a sender of many finds the bad one. */
  readonly id?: string;
}

export type Decoded = AcceptedEvent | RefusedEvent;

export function refuse(code: EventErrorCode, pointer: string, message: string): RefusedEvent {
  return { ok: false, code, errors: [{ pointer, message }] };
}
