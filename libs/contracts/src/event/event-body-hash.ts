import { hash } from 'node:crypto';
import type { DomainEvent } from '@amends/domain';
import { canonicalObject } from './canonical-json';

/**
 * What may differ between two sendings of one event: the content type, which binary mode must name
 * and structured mode may leave out, and the trace it travels under (CloudEvents Distributed
 * Tracing).
 */
const TRANSPORT_ATTRIBUTES = new Set(['datacontenttype', 'traceparent', 'tracestate']);

/**
 * SHA-256 of the event's canonical form, 32 bytes. Two events of one (`source`, `id`) with
 * different hashes say different things, and the later one is quarantined (semantics 2).
 */
export function eventBodyDigest(event: DomainEvent): Buffer {
  const keys = Object.keys(event.json).filter((key) => !TRANSPORT_ATTRIBUTES.has(key));
  return hash('sha256', canonicalObject(event.json, keys), 'buffer');
}

/** The same as 64 hex digits. */
export function eventBodyHash(event: DomainEvent): string {
  return eventBodyDigest(event).toString('hex');
}
