import { newId } from '../ids/ids';
import type { Database, Sql } from '../queries/sql';
import { SYSTEM, type Asked } from './actor';
import { writeAudit } from './audit';
import { CONFIGURED_PREFIX, hashOf, isSameHash, newSecret } from './key-secret';
import { notFound, Refusal } from './refusal';
import type { Role } from './role';

/** A key without its secret. */
export interface ApiKey {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly role: Role;
  readonly created_by: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly last_used_at: Date | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly role: Role;
  readonly expiresAtMs?: number | undefined;
}

export const API_KEY_COLUMNS =
  'id, prefix, name, role, created_by, created_at, expires_at, revoked_at, last_used_at';

const USABLE = '(revoked_at is null and (expires_at is null or expires_at > now()))';

/** Makes and revokes keys. Secrets are kept as hashes only. */
export class ApiKeys {
  constructor(private readonly database: Database) {}

  /** The key and its token, which nobody can be shown again. */
  async create(input: NewApiKey, asked: Asked, nowMs: number) {
    if (input.expiresAtMs !== undefined && input.expiresAtMs <= nowMs) {
      const message = { en: 'lies in the past', zh: '已是过去的时间' };
      throw new Refusal('invalid_body', {
        errors: [{ pointer: '/expires_at', code: 'in_the_past', message }],
      });
    }
    return this.database.transaction((sql) => insertKey(sql, input, asked, nowMs));
  }

  async find(id: string): Promise<ApiKey> {
    const { rows } = await this.database.query<ApiKey>(
      `select ${API_KEY_COLUMNS} from api_key where id = $1`,
      [id],
    );
    const key = rows[0];
    if (key === undefined) throw notFound();
    return key;
  }

  /** Revoking a revoked key changes nothing. The last Admin key that works stays. */
  async revoke(id: string, asked: Asked): Promise<void> {
    await this.database.transaction(async (sql) => {
      // All Admin keys, in one order: two revocations at once must not leave none.
      const admins = await sql.query<{ id: string }>(
        `select id from api_key where role = 'admin' and ${USABLE} order by id for update`,
      );
      const { rows } = await sql.query<ApiKey>(
        `select ${API_KEY_COLUMNS} from api_key where id = $1 for update`,
        [id],
      );
      const key = rows[0];
      if (key === undefined) throw notFound();
      if (key.revoked_at !== null) return;
      if (admins.rows.length === 1 && admins.rows[0]?.id === id) {
        throw new Refusal('last_admin_key');
      }
      await sql.query('update api_key set revoked_at = now() where id = $1', [id]);
      const before = { name: key.name, role: key.role };
      await writeAudit(sql, asked, { action: 'api_key.revoke', object: `api_key:${id}`, before });
    });
  }

  /**
   * Makes sure that somebody can get in. `configured` (AMENDS_ADMIN_KEY) becomes an Admin key; one
   * of it that was revoked stays so until another value is configured. Otherwise, if no Admin key
   * works, one is made and its token returned, to be shown once.
   */
  async ensureAdmin(configured: string | undefined, nowMs: number): Promise<string | undefined> {
    return this.database.transaction(async (sql) => {
      await sql.query('lock table api_key in share row exclusive mode');
      if (configured !== undefined) await configureKey(sql, hashOf(configured), nowMs);
      const { rows } = await sql.query(
        `select 1 from api_key where role = 'admin' and ${USABLE} limit 1`,
      );
      if (rows.length > 0) return undefined;
      const input = { name: 'first admin', role: 'admin' as const };
      return (await insertKey(sql, input, SYSTEM, nowMs)).token;
    });
  }
}

async function insertKey(sql: Sql, input: NewApiKey, asked: Asked, nowMs: number) {
  const id = newId('key', nowMs);
  const secret = newSecret();
  const { rows } = await sql.query<ApiKey>(
    `insert into api_key (id, prefix, secret_hash, name, role, created_by, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning ${API_KEY_COLUMNS}`,
    [
      id,
      secret.prefix,
      secret.hash,
      input.name,
      input.role,
      asked.actor.id,
      input.expiresAtMs === undefined ? null : new Date(input.expiresAtMs),
    ],
  );
  const key = rows[0] as ApiKey;
  const after = { name: key.name, role: key.role, prefix: key.prefix };
  await writeAudit(sql, asked, { action: 'api_key.create', object: `api_key:${id}`, after });
  return { key, token: secret.token };
}

async function configureKey(sql: Sql, hash: Buffer, nowMs: number): Promise<void> {
  const { rows } = await sql.query<{ id: string; secret_hash: Buffer }>(
    'select id, secret_hash from api_key where prefix = $1',
    [CONFIGURED_PREFIX],
  );
  const known = rows[0];
  if (known !== undefined && isSameHash(known.secret_hash, hash)) return;
  const id = known?.id ?? newId('key', nowMs);
  await sql.query(
    `insert into api_key (id, prefix, secret_hash, name, role, created_by)
     values ($1, $2, $3, 'AMENDS_ADMIN_KEY', 'admin', 'amends')
     on conflict (prefix) do update set secret_hash = excluded.secret_hash, revoked_at = null`,
    [id, CONFIGURED_PREFIX, hash],
  );
  // The row stays, but the key that it was is no more.
  await sql.query(
    'update console_session set ended_at = now() where api_key_id = $1 and ended_at is null',
    [id],
  );
  await writeAudit(sql, SYSTEM, { action: 'api_key.configure', object: `api_key:${id}` });
}
