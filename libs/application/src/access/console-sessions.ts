import { createHmac, randomBytes } from 'node:crypto';
import type { Database } from '../queries/sql';
import type { Actor, Asked } from './actor';
import { writeAudit } from './audit';
import type { Credential } from './credential';
import { hashOf } from './key-secret';
import { Refusal } from './refusal';
import type { Role } from './role';

/** What a browser is signed in with. */
export interface ConsoleSession {
  readonly actor: Actor;
  /** Under which it is kept. */
  readonly hash: Buffer;
  /** What changes are to bring beside the cookie. */
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

interface SessionRow {
  readonly token_hash: Buffer;
  readonly api_key_id: string | null;
  readonly user_id: string | null;
  readonly role: Role;
  readonly expires_at: Date;
}

type Rows = ReadonlyMap<string, SessionRow>;

const SECRET_BYTES = 32;
/** 256 bits in base64url. */
const TOKEN = /^[\w-]{43}$/;

/** Makes, finds and ends sessions of the console. Secrets are kept as hashes only. */
export class ConsoleSessions {
  private next: { readonly hashes: Buffer[]; readonly rows: Promise<Rows> } | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly database: Database) {}

  /**
   * A session for whoever this is, of eight hours at most and never beyond the end of the key or token it is made from,
   * and its secret.
   *
   * @throws Refusal `unauthorized` where that has come to its end
   */
  async create({ actor, endsAtMs }: Credential, asked: Asked) {
    const token = randomBytes(SECRET_BYTES).toString('base64url');
    const hash = hashOf(token);
    const isKey = actor.kind === 'key';
    const endsAt = endsAtMs === undefined ? null : new Date(endsAtMs);
    return this.database.transaction(async (sql) => {
      const { rows } = await sql.query<{ expires_at: Date }>(
        `insert into console_session (token_hash, api_key_id, user_id, user_role, expires_at)
         select $1, $2, $3, $4, least(now() + interval '8 hours', $5::timestamptz)
         where $5::timestamptz is null or $5::timestamptz > now()
         returning expires_at`,
        [hash, isKey ? actor.id : null, isKey ? null : actor.id, isKey ? null : actor.role, endsAt],
      );
      const expiresAt = rows[0]?.expires_at;
      if (expiresAt === undefined) throw new Refusal('unauthorized');
      const after = { role: actor.role, expires_at: expiresAt };
      await writeAudit(sql, asked, { action: 'session.create', object: nameOf(hash), after });
      return { token, session: { actor, hash, csrfToken: csrfTokenOf(token), expiresAt } };
    });
  }

  /** Undefined for one that is unknown, has ended, or whose key does not work any more. */
  async find(token: string): Promise<ConsoleSession | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const hash = hashOf(token);
    const row = (await this.lookUp(hash)).get(hash.toString('hex'));
    if (row === undefined) return undefined;
    return {
      actor: actorOf(row),
      hash,
      csrfToken: csrfTokenOf(token),
      expiresAt: row.expires_at,
    };
  }

  /** Ending one that has ended changes nothing. */
  async end({ hash }: ConsoleSession, asked: Asked): Promise<void> {
    await this.database.transaction(async (sql) => {
      const { rowCount } = await sql.query(
        'update console_session set ended_at = now() where token_hash = $1 and ended_at is null',
        [hash],
      );
      if (rowCount === 0) return;
      await writeAudit(sql, asked, { action: 'session.end', object: nameOf(hash) });
    });
  }

  /** Forgets those that are over; the audit knows of them. Returns how many. */
  async sweep(): Promise<number> {
    const { rowCount } = await this.database.query(
      'delete from console_session where ended_at is not null or expires_at <= now()',
    );
    return rowCount ?? 0;
  }

  /**
   * One statement at a time, for all who have asked while the one before ran: no flood of cookies that nobody gave out
   * takes more than one connection, and what is answered was read after it was asked.
   */
  private lookUp(hash: Buffer): Promise<Rows> {
    if (this.next === undefined) {
      const hashes: Buffer[] = [];
      const rows = this.last.then(() => {
        this.next = undefined;
        return this.read(hashes);
      });
      this.last = rows.catch(() => undefined);
      this.next = { hashes, rows };
    }
    this.next.hashes.push(hash);
    return this.next.rows;
  }

  private async read(hashes: readonly Buffer[]): Promise<Rows> {
    const { rows } = await this.database.query<SessionRow>(
      `select s.token_hash, s.api_key_id, s.user_id, coalesce(k.role, s.user_role) as role, s.expires_at
       from console_session s left join api_key k on k.id = s.api_key_id
       where s.token_hash = any($1::bytea[]) and s.ended_at is null and s.expires_at > now()
         and (s.api_key_id is null or (k.revoked_at is null and (k.expires_at is null or k.expires_at > now())))`,
      [hashes],
    );
    return new Map(rows.map((row) => [row.token_hash.toString('hex'), row]));
  }
}

/** Derived from the secret of the session, which it does not give away: nothing more is to be kept. */
export function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('amends csrf').digest('base64url');
}

function actorOf(row: SessionRow): Actor {
  if (row.api_key_id !== null) return { kind: 'key', id: row.api_key_id, role: row.role };
  return { kind: 'user', id: row.user_id ?? '', role: row.role };
}

/** As the audit calls it. */
function nameOf(hash: Buffer): string {
  return `session:${hash.toString('hex').slice(0, 16)}`;
}
