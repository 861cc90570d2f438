import { createHash } from 'node:crypto';
import type { AppendVerdict, IncomingEvent } from '@amends/application';
import { tuplesOf } from '@amends/persistence';
import type { ClientBase, Pool } from 'pg';
import { INSERT_SEEN, SELECT_SEEN } from './log-statements';

type Runner = Pick<ClientBase, 'query'> | Pick<Pool, 'query'>;

const KEY_BYTES = 16;

/**
 * Remembers events by (source, id) and tells new ones from known ones: two processes that meet on one
 * wait for each other. To be called in the transaction that stores what is accepted.
 */
export async function rememberSeen(
  client: ClientBase,
  entries: readonly IncomingEvent[],
): Promise<AppendVerdict[]> {
  const offered = new Offered(entries);
  const rows = await tuplesOf<[Buffer]>(client, INSERT_SEEN, offered.columns());
  const inserted = new Set(rows.map(([key]) => key.toString('hex')));
  const known = offered.keys.filter((key) => !inserted.has(key));
  return offered.verdicts(inserted, await selectSeen(client, known));
}

/** The same verdicts without remembering anything. */
export async function knownVerdicts(
  runner: Runner,
  entries: readonly IncomingEvent[],
): Promise<AppendVerdict[]> {
  const offered = new Offered(entries);
  const known = await selectSeen(runner, offered.keys);
  return offered.verdicts(new Set(offered.keys.filter((key) => !known.has(key))), known);
}

/** The events of one call; the same (source, id) may stand in it more than once. */
class Offered {
  private readonly keyOf: readonly string[];
  private readonly first = new Map<string, number>();

  constructor(private readonly entries: readonly IncomingEvent[]) {
    this.keyOf = entries.map(({ event }) => seenKey(event.source, event.id));
    this.keyOf.forEach((key, index) => {
      if (!this.first.has(key)) this.first.set(key, index);
    });
  }

  get keys(): string[] {
    return [...this.first.keys()];
  }

  columns(): [Buffer[], Buffer[]] {
    const hashes = [...this.first.values()].map((index) => this.bodyHash(index));
    return [this.keys.map((key) => Buffer.from(key, 'hex')), hashes];
  }

  verdicts(fresh: ReadonlySet<string>, known: ReadonlyMap<string, Buffer>): AppendVerdict[] {
    return this.keyOf.map((key, index) => {
      const first = this.first.get(key) ?? index;
      if (fresh.has(key) && first === index) return 'accepted';
      const body = known.get(key) ?? this.bodyHash(first);
      return body.equals(this.bodyHash(index)) ? 'duplicate' : 'quarantined';
    });
  }

  private bodyHash(index: number): Buffer {
    return Buffer.from(this.entries[index]?.bodyHash ?? []);
  }
}

async function selectSeen(runner: Runner, keys: readonly string[]): Promise<Map<string, Buffer>> {
  if (keys.length === 0) return new Map();
  const wanted = keys.map((key) => Buffer.from(key, 'hex'));
  const rows = await tuplesOf<[Buffer, Buffer]>(runner, SELECT_SEEN, [wanted]);
  return new Map(rows.map(([key, body]) => [key.toString('hex'), body]));
}

/** What `event_seen` knows an event by, in hex. A NUL cannot stand in a source. */
function seenKey(source: string, id: string): string {
  const hash = createHash('sha256').update(source).update('\0').update(id).digest();
  return hash.toString('hex', 0, KEY_BYTES);
}
