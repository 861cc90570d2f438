import { Refusal, notFound } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import { lockCompensation } from '../store/compensation-rows';

/** What a person is asked. */
export interface Approval {
  readonly id: string;
  readonly compensationId: string;
  /** Null: whether it is paid. */
  readonly kind: 'compensation.reverse' | null;
  readonly state: 'open' | 'approved' | 'rejected' | 'void';
  readonly contentHash: string;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
  /** Over the second threshold: who said yes first, and to what sum. */
  readonly first: { readonly by: string; readonly minor: bigint } | null;
  /** Two have to say yes, whatever the sum. */
  readonly needsSecond: boolean;
  /** Why who asked wants it; null where nobody said so. */
  readonly wish: string | null;
  readonly revision: number;
}

interface Row {
  id: string;
  compensation_id: string;
  kind: Approval['kind'];
  state: Approval['state'];
  content_hash: string;
  requested_by: string;
  decided_by: string | null;
  first_by: string | null;
  first_minor: bigint | null;
  needs_second: boolean;
  wish: string | null;
  revision: number;
}

/** Locks what an approval is about, and then the approval itself; refuses one that is closed. */
export async function lockOpenApproval(
  sql: Sql,
  id: string,
  revision: number | undefined,
): Promise<{ approval: Approval; compensation: Compensation }> {
  const { rows: found } = await sql.query<{ compensation_id: string }>(
    'select compensation_id from approval where id = $1',
    [id],
  );
  const compensation = found[0] && (await lockCompensation(sql, found[0].compensation_id));
  const { rows } = await sql.query<Row>(
    `select id, compensation_id, kind, state, content_hash, requested_by, decided_by, first_by,
       first_minor, needs_second, change ->> 'reason' as wish, revision
     from approval where id = $1 for update`,
    [id],
  );
  const [row] = rows;
  if (!row || !compensation) throw notFound();
  requireOpen(row, revision);
  const approval = toApproval(row);
  if (approval.contentHash !== compensation.contentHash) {
    throw new Refusal('conflict', {
      detail: 'The compensation is not what this approval was asked for.',
      extra: { reason: 'content_changed' },
    });
  }
  return { approval, compensation };
}

/** What of an approval says whether it can be decided. */
export interface OpenRow {
  readonly state: Approval['state'];
  readonly requested_by: string;
  readonly decided_by: string | null;
  readonly revision: number;
}

/** Refuses an approval that is closed, or not as it was read. */
export function requireOpen(row: OpenRow, revision: number | undefined): void {
  if (row.state !== 'open') {
    throw new Refusal('already_decided', { extra: { decided_by: row.decided_by } });
  }
  if (revision !== undefined && revision !== row.revision) {
    throw new Refusal('precondition_failed', { etag: `a${String(row.revision)}` });
  }
}

function toApproval(row: Row): Approval {
  return {
    id: row.id,
    compensationId: row.compensation_id,
    kind: row.kind,
    state: row.state,
    contentHash: row.content_hash,
    requestedBy: row.requested_by,
    decidedBy: row.decided_by,
    first:
      row.first_by === null || row.first_minor === null
        ? null
        : { by: row.first_by, minor: row.first_minor },
    needsSecond: row.needs_second,
    wish: row.wish,
    revision: row.revision,
  };
}

/** Writes down the first of two yeses, and the most that the second may let go. */
export async function noteFirstYes(sql: Sql, id: string, by: string, minor: bigint): Promise<void> {
  await sql.query(
    `update approval set needs_second = true, first_by = $2, first_at = now(), first_minor = $3,
       revision = revision + 1 where id = $1`,
    [id, by, minor],
  );
}

/** Closes an approval that the caller has locked. */
export async function closeApproval(
  sql: Sql,
  id: string,
  decision: {
    readonly state: 'approved' | 'rejected';
    readonly by: string;
    readonly note: string | null;
    readonly compensation: Compensation;
  },
): Promise<void> {
  const { state, by, note, compensation } = decision;
  await sql.query(
    `update approval set state = $2, decided_by = $3, decided_at = now(), note = $4,
       content_hash = $5, amount_minor = $6, revision = revision + 1
     where id = $1`,
    [id, state, by, note, compensation.contentHash, compensation.money.minor],
  );
}

/** The same where it is about no sum. */
export async function closeWithoutSum(
  sql: Sql,
  id: string,
  answer: { readonly isYes: boolean; readonly by: string; readonly note: string | null },
): Promise<void> {
  const { isYes, by, note } = answer;
  await sql.query(
    `update approval set state = $2, decided_by = $3, decided_at = now(), note = $4,
       revision = revision + 1 where id = $1`,
    [id, isYes ? 'approved' : 'rejected', by, note],
  );
}
