import { createHash } from 'node:crypto';
import { compilePath, type DomainEvent } from '@amends/domain';

/** A value that live rules look history up by (`skip_if`). */
export interface HistoryPath {
  readonly type: string;
  readonly path: string;
}

const HASH_BYTES = 16;
const NO_NAMES: ReadonlySet<string> = new Set();

/** How `history_key` stores a value: the first 16 bytes of the SHA-256 of its JSON text. */
export function historyKeyHash(value: unknown): Buffer {
  return createHash('sha256').update(JSON.stringify(value)).digest().subarray(0, HASH_BYTES);
}

/** Reads the values of an event that history is looked up by. */
export class HistoryKeys {
  private readonly readers = new Map<
    string,
    { path: string; read: (e: DomainEvent) => unknown }[]
  >();

  constructor(paths: readonly HistoryPath[]) {
    for (const { type, path } of paths) {
      const reader = compilePath(path, NO_NAMES);
      const read = (event: DomainEvent): unknown =>
        reader({ event: event.json, vars: {}, facts: {} });
      const known = this.readers.get(type);
      if (known === undefined) this.readers.set(type, [{ path, read }]);
      else known.push({ path, read });
    }
  }

  /** One hash per path that the event has a value at. */
  of(event: DomainEvent): { readonly path: string; readonly hash: Buffer }[] {
    const readers = this.readers.get(event.type);
    if (readers === undefined) return [];
    return readers.flatMap(({ path, read }) => {
      const value = read(event);
      return value === undefined ? [] : [{ path, hash: historyKeyHash(value) }];
    });
  }
}
