import { createHash } from 'node:crypto';
import type { Database } from '../queries/sql';
import { Refusal } from './refusal';

/** An answer as it is kept and given again, byte for byte. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface KeptRow {
  readonly request_hash: string;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: string | null;
  readonly request_id: string;
  readonly audit_mark: bigint;
  readonly is_abandoned: boolean;
}

/** Keys are kept this long; then the business key (one compensation per incident) protects. */
const KEPT = '72 hours';
/** A request without an answer for this long died with its process, and may be sent again. */
const ABANDONED = '60 seconds';
/** Audit rows that others had numbered, and not yet committed, when a key was taken. */
const UNCOMMITTED_MAX = 1_000n;

/** `Idempotency-Key`: one actor's request is carried out once, however often it is sent. */
export class Idempotency {
  constructor(private readonly database: Database) {}

  /**
   * Takes the key. Undefined: carry the request out, then `keep` or `release`. An answer: give it
   * again. Throws when the key belongs to another request or the first is still running.
   */
  async take(
    { actor, requestId }: { readonly actor: string; readonly requestId: string },
    key: string,
    request: string,
  ): Promise<KeptAnswer | undefined> {
    const hash = createHash('sha256').update(request).digest('hex');
    for (;;) {
      const taken = await this.database.query(
        `insert into idempotency (actor, key, request_hash, request_id, audit_mark)
         values ($1, $2, $3, $4, (select coalesce(max(seq), 0) from audit))
         on conflict (actor, key) do nothing`,
        [actor, key, hash, requestId],
      );
      if (taken.rowCount === 1) return undefined;
      const row = await this.read(actor, key);
      // Released in between: try to take it again.
      if (row === undefined) continue;
      if (row.request_hash !== hash) throw new Refusal('idempotency_key_reused');
      if (row.status !== null) return answerOf(row, row.status);
      if (!row.is_abandoned) throw new Refusal('idempotency_in_progress');
      await this.requireUndone(actor, row);
      if (await this.takeOver(actor, key, requestId)) return undefined;
    }
  }

  async keep(actor: string, key: string, answer: KeptAnswer): Promise<void> {
    await this.database.query(
      'update idempotency set status = $3, headers = $4, body = $5 where actor = $1 and key = $2',
      [actor, key, answer.status, JSON.stringify(answer.headers), answer.body],
    );
  }

  /** The request was refused or failed and changed nothing: it may be sent again under its key. */
  async release(actor: string, key: string): Promise<void> {
    await this.database.query(
      'delete from idempotency where actor = $1 and key = $2 and status is null',
      [actor, key],
    );
  }

  /** Forgets keys that are older than 72 h; returns how many. */
  async sweep(): Promise<number> {
    const { rowCount } = await this.database.query(
      `delete from idempotency where created_at < now() - interval '${KEPT}'`,
    );
    return rowCount ?? 0;
  }

  private async read(actor: string, key: string): Promise<KeptRow | undefined> {
    const { rows } = await this.database.query<KeptRow>(
      `select request_hash, status, headers, body, request_id, audit_mark,
              created_at < now() - interval '${ABANDONED}' as is_abandoned
       from idempotency where actor = $1 and key = $2`,
      [actor, key],
    );
    return rows[0];
  }

  /**
   * The process that had the key died. Every change has its audit row in its own transaction: if
   * there is one, the change was made and only the answer is lost, so it is not made again.
   */
  private async requireUndone(actor: string, row: KeptRow): Promise<void> {
    const { rows } = await this.database.query<{ object: string }>(
      `select object from audit where seq > $1 and actor_id = $2 and request_id = $3
       order by seq limit 1`,
      [row.audit_mark - UNCOMMITTED_MAX, actor, row.request_id],
    );
    const done = rows[0];
    if (done === undefined) return;
    throw new Refusal('conflict', {
      detail: 'The first request was carried out, but the service stopped before it could answer.',
      extra: { reason: 'already_carried_out', object: done.object },
    });
  }

  /** One of those who wait for an abandoned key gets it. */
  private async takeOver(actor: string, key: string, requestId: string): Promise<boolean> {
    const { rowCount } = await this.database.query(
      `update idempotency set created_at = now(), request_id = $3
       where actor = $1 and key = $2 and status is null
         and created_at < now() - interval '${ABANDONED}'`,
      [actor, key, requestId],
    );
    return rowCount === 1;
  }
}

function answerOf(row: KeptRow, status: number): KeptAnswer {
  return { status, headers: row.headers ?? {}, body: row.body ?? '' };
}
