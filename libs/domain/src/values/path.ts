import type { Scope } from './scope';

export type PathReader = (scope: Scope) => unknown;

type Root = 'event' | 'vars' | 'facts';

const INDEX = /^(?:0|[1-9]\d{0,8})$/;
const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Compiles a dotted path to a closure. The first segment names a fact, else a variable of the
 * detect type, else an attribute of the event. Own properties only, so `constructor` is as absent
 * as any other unknown key; null, NaN and infinity read as absent.
 */
export function compilePath(
  path: string,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string> = NO_NAMES,
): PathReader {
  const segments = path.split('.');
  const head = segments[0] ?? '';
  const root = pathRoot(head, factNames, varNames);
  const steps = segments.map(compileSegment);
  const [first, second, third] = steps;
  if (first && !second) return (scope) => present(first(scope[root]));
  if (first && second && !third) return (scope) => present(second(first(scope[root])));
  if (first && second && third && steps.length === 3) {
    return (scope) => present(third(second(first(scope[root]))));
  }
  return (scope) => {
    let value: unknown = scope[root];
    for (const step of steps) {
      if (value === undefined || value === null) return undefined;
      value = step(value);
    }
    return present(value);
  };
}

/** Where a path's first segment is looked up. */
export function pathRoot(
  head: string,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string>,
): Root {
  if (factNames.has(head)) return 'facts';
  return varNames.has(head) ? 'vars' : 'event';
}

/** null and numbers that are none are absent. */
export function present(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  return value;
}

function compileSegment(key: string): (value: unknown) => unknown {
  const index = INDEX.test(key) ? Number(key) : undefined;
  // A name that every object inherits must be looked at with hasOwn; all others can be read at
  // once.
  const inherited = key in {};
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) return index === undefined ? undefined : (value[index] as unknown);
    if (inherited && !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  };
}
