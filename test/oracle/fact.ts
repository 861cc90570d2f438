import { type CelInput, type CelValue, isCelError, isCelList, isCelMap, run } from '@bufbuild/cel';
import { timestampDate, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { factFunctions } from './fact-functions';
import type { OracleEvent } from './model';

/** The value of a CEL expression over an event and names; undefined when it has none. */
export function fact(
  expression: string,
  event: OracleEvent,
  names: Record<string, unknown>,
): unknown {
  const bindings: Record<string, CelInput> = {};
  for (const [name, value] of Object.entries({ ...event, ...names })) {
    if (value === null || value === undefined) continue;
    bindings[name] =
      name === 'due' && typeof value === 'string'
        ? timestampFromMs(Date.parse(value))
        : toCel(value);
  }
  const result = run(expression, bindings, { funcs: factFunctions });
  return isCelError(result) ? undefined : fromCel(result);
}

/** JSON as CEL sees it; a null is an absent key. */
function toCel(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value as CelInput;
  const entries = Object.entries(value).filter(([, child]) => child !== null);
  return new Map(
    entries.filter(([, child]) => child !== undefined).map(([key, child]) => [key, toCel(child)]),
  );
}

function fromCel(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (isCelList(value)) return [...value].map(fromCel);
  if (isCelMap(value)) {
    return Object.fromEntries([...value].map(([key, child]) => [keyName(key), fromCel(child)]));
  }
  const message = (value as { message?: { $typeName?: string } } | null)?.message;
  if (message?.$typeName === 'google.protobuf.Timestamp') {
    return timestampDate(message as Parameters<typeof timestampDate>[0]).toISOString();
  }
  return undefined;
}

function keyName(key: unknown): string {
  return typeof key === 'string' ? key : JSON.stringify(fromCel(key as CelValue));
}
