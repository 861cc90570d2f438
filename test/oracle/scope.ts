import { fact } from './fact';
import type { OracleEvent, RawRule } from './model';

/** What a path can speak of: an event, names such as `start` or `moves`, and facts. */
export interface Scope {
  event: OracleEvent;
  names: Record<string, unknown>;
  lets: RawRule;
}

/** The value at a path; undefined when it is absent, null or a fact that could not be computed. */
export function lookup(scope: Scope, path: string): unknown {
  const [head, ...rest] = path.split('.');
  let value = root(scope, head ?? '');
  for (const step of rest) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
  }
  return value ?? undefined;
}

function root(scope: Scope, name: string): unknown {
  const lets: Record<string, string> = scope.lets ?? {};
  if (Object.hasOwn(lets, name)) return fact(lets[name] ?? '', scope.event, scope.names);
  if (Object.hasOwn(scope.names, name)) return scope.names[name];
  return (scope.event as unknown as Record<string, unknown>)[name];
}
