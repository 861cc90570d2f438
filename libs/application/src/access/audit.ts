import { concealPersonal, type AboutCustomer } from '../audit/personal-part';
import type { Sql } from '../queries/sql';
import type { Asked } from './actor';

/** One change, as the audit list shows it. */
export interface AuditEntry extends AboutCustomer {
  /** `rollout.set`, `hold.create`, … */
  readonly action: string;
  /** `rule:late-delivery`, `customer:c_123`, … */
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | undefined;
}

/** Writes the audit row. To be called in the transaction of the change itself (guarantee 5). */
export async function writeAudit(sql: Sql, asked: Asked, entry: AuditEntry): Promise<void> {
  const { actor, requestId } = asked;
  const [row] = await concealPersonal(sql, [entry]);
  await sql.query(
    `insert into audit (actor_kind, actor_id, action, object, before, after, reason, request_id,
       pseudonym, personal)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      actor.kind,
      actor.id,
      entry.action,
      row?.object,
      jsonOrNull(row?.before),
      jsonOrNull(row?.after),
      row?.reason ?? null,
      requestId === '' ? null : requestId,
      row?.pseudonym,
      row?.personal,
    ],
  );
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : JSON.stringify(value);
}
