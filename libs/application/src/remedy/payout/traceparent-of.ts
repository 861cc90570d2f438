import { traceIdOf } from '@amends/contracts';
import type { JsonObject } from '@amends/domain';

/** The trace an event travelled under (CloudEvents Distributed Tracing); null: it names none. */
export function traceparentOf(event: JsonObject | undefined): string | null {
  const traceparent = event?.['traceparent'];
  const isTrace = typeof traceparent === 'string' && traceIdOf(traceparent) !== undefined;
  return isTrace ? traceparent : null;
}
