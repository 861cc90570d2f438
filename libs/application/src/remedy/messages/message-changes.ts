import type { Sql } from '../../queries/sql';
import type { RenderedMessage } from './message-renderer';

/** One try to hand a message over, as `attempts[]` of the REST contract shows it. */
export interface MessageAttempt {
  readonly at: string;
  readonly channel: string;
  readonly outcome: 'sent' | 'later' | 'refused' | 'skipped' | 'failed';
  readonly detail?: string;
}

/** What is written of a message that this process has claimed. */
export interface MessageRecord {
  readonly state: 'sent' | 'queued' | 'failed';
  readonly attempts: readonly MessageAttempt[];
  readonly channel?: string;
  readonly templateVersion?: number;
  readonly rendered?: RenderedMessage;
  /** For `queued`: the pause before the next try. */
  readonly waitMs?: number;
}

/**
 * Writes what came of a sending; false when another process has taken the message over since
 * (`sends` has moved on), and nothing is written.
 */
export async function recordMessage(
  sql: Sql,
  id: string,
  sends: number,
  record: MessageRecord,
): Promise<boolean> {
  const { rendered } = record;
  const { rowCount } = await sql.query(
    `update message set state = $3, held_by = null, lease_until = null,
       attempts = attempts || $4::jsonb,
       channel = coalesce($5, channel), template_version = coalesce($6, template_version),
       locale = coalesce($7, locale), subject = coalesce($8, subject), text = coalesce($9, text),
       html = coalesce($10, html),
       sent_at = case when $3 = 'sent' then clock_timestamp() end,
       not_before = clock_timestamp() + $11::float8 * interval '1 ms', revision = revision + 1
     where id = $1 and sends = $2 and state = 'sending'`,
    [
      id,
      sends,
      record.state,
      JSON.stringify(record.attempts),
      record.channel ?? null,
      record.templateVersion ?? null,
      rendered?.locale ?? null,
      rendered?.subject ?? null,
      rendered?.text ?? null,
      rendered?.html ?? null,
      record.waitMs ?? 0,
    ],
  );
  return rowCount === 1;
}

/** Keeps a message back, until an instant or (null) until its hold is released. */
export async function holdMessage(
  sql: Sql,
  id: string,
  heldBy: string,
  untilMs: number | null,
): Promise<void> {
  await sql.query(
    `update message set state = 'held', held_by = $2, lease_until = null,
       not_before = coalesce($3, 'infinity'::timestamptz), revision = revision + 1
     where id = $1`,
    [id, heldBy, untilMs === null ? null : new Date(untilMs)],
  );
}

/** Ends a message that must not be sent. */
export async function failMessage(sql: Sql, id: string, why: string): Promise<void> {
  await sql.query(
    `update message set state = 'failed', held_by = null, lease_until = null,
       attempts = attempts || jsonb_build_array(jsonb_build_object(
         'at', now(), 'channel', channel, 'outcome', 'failed', 'detail', $2::text)),
       revision = revision + 1
     where id = $1`,
    [id, why],
  );
}
