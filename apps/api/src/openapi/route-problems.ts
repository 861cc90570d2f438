import { PROBLEMS, type ProblemCode } from '@amends/contracts';
import type { RouteSpec } from '../http/route';

/** Codes per status that a route may answer: its own and those that the conventions bring. */
export function problemsByStatus(route: RouteSpec): ReadonlyMap<number, readonly ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set([...conventional(route), ...route.problems])) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

function conventional(route: RouteSpec): ProblemCode[] {
  const codes: ProblemCode[] = ['bad_request', 'unknown_parameter'];
  if (route.query !== undefined) codes.push('invalid_parameter');
  if (route.query !== undefined && 'cursor' in route.query.shape) {
    codes.push('invalid_cursor', 'cursor_mismatch');
  }
  if (route.roles !== 'anyone') codes.push('unauthorized', 'forbidden');
  if (route.roles !== 'anyone' && route.method !== 'GET') codes.push('csrf');
  if (route.quota !== 'none') codes.push('too_many_requests');
  if (route.params !== undefined) codes.push(route.method === 'PUT' ? 'invalid_body' : 'not_found');
  if (route.body !== undefined) {
    codes.push('payload_too_large', 'unsupported_media_type', 'malformed_json', 'invalid_body');
  }
  if (route.precondition !== undefined) {
    codes.push('invalid_header', 'precondition_failed');
    if (route.precondition !== 'optional') codes.push('precondition_required');
  }
  if (route.idempotency !== undefined) {
    codes.push('invalid_idempotency_key', 'idempotency_in_progress', 'idempotency_key_reused');
    if (route.idempotency === 'required') codes.push('idempotency_key_required');
  }
  codes.push('internal_error', 'unavailable');
  return codes;
}
