import type { Database } from '../queries/sql';
import type { Actor } from './actor';
import { hashOf, isSameHash, prefixesOf } from './key-secret';
import type { Role } from './role';

interface KeyRow {
  readonly id: string;
  readonly secret_hash: Buffer;
  readonly role: Role;
  readonly expires_at: Date | null;
}

interface Remembered {
  readonly actor: Actor;
  readonly untilMs: number;
}

/** A key revoked in another process is refused after this long at the latest. */
const REMEMBERED_MS = 1_000;
const REMEMBERED_KEYS_MAX = 1_000;
const USED_EVERY_MS = 60_000;

/** Tells whose key a token is. */
export class Authenticate {
  private readonly remembered = new Map<string, Remembered>();
  private readonly usedAtMs = new Map<string, number>();

  constructor(private readonly database: Database) {}

  /** The key's owner; undefined for an unknown, expired or revoked key. */
  async execute(token: string, nowMs: number): Promise<Actor | undefined> {
    const hash = hashOf(token);
    const name = hash.toString('base64');
    const known = this.remembered.get(name);
    if (known !== undefined && known.untilMs > nowMs) return known.actor;

    const row = await this.lookUp(token, hash);
    if (row === undefined) return undefined;
    const actor: Actor = { kind: 'key', id: row.id, role: row.role };
    this.remember(name, actor, Math.min(nowMs + REMEMBERED_MS, expiryMs(row)));
    this.noteUse(row.id, nowMs);
    return actor;
  }

  /** Forgets what is remembered: a key has just been revoked in this process. */
  forget(): void {
    this.remembered.clear();
  }

  private async lookUp(token: string, hash: Buffer): Promise<KeyRow | undefined> {
    const { rows } = await this.database.query<KeyRow>(
      `select id, secret_hash, role, expires_at from api_key
       where prefix = any($1) and revoked_at is null
         and (expires_at is null or expires_at > now())`,
      [prefixesOf(token)],
    );
    return rows.find((row) => isSameHash(row.secret_hash, hash));
  }

  private remember(name: string, actor: Actor, untilMs: number): void {
    if (this.remembered.size >= REMEMBERED_KEYS_MAX) this.remembered.clear();
    this.remembered.set(name, { actor, untilMs });
  }

  /** For people who clean up keys; once a minute is enough, and nobody waits for it. */
  private noteUse(id: string, nowMs: number): void {
    if (nowMs - (this.usedAtMs.get(id) ?? 0) < USED_EVERY_MS) return;
    this.usedAtMs.set(id, nowMs);
    const used = this.database.query('update api_key set last_used_at = now() where id = $1', [id]);
    // It is bookkeeping: the request itself has succeeded.
    used.catch(() => this.usedAtMs.delete(id));
  }
}

function expiryMs(row: KeyRow): number {
  return row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
}
