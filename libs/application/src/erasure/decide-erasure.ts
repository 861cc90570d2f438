import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { invalidField, Refusal } from '../access/refusal';
import { requireManager } from '../access/require-manager';
import type { Sql } from '../queries/sql';
import { closeWithoutSum, requireOpen, type OpenRow } from '../remedy/approvals/approval-rows';
import { markErased } from './mark-erased';

export interface ErasureDecision {
  readonly id: string;
  readonly revision: number | undefined;
  readonly isYes: boolean;
  readonly note: string | null;
  /** None: there is no sum. */
  readonly money?: unknown;
}

/** Who is erased now; null after a no. */
export type ErasureDecided = { readonly customerId: string; readonly pseudonym: string } | null;

interface Row extends OpenRow {
  readonly about: string;
  readonly wish: string | null;
}

const CUSTOMER = 'customer:';

/**
 * A second person says yes or no to erasing a customer; only Managers do either. A yes marks them erased at
 * once, and the caller carries it out after the transaction. Undefined when the approval is about anything
 * else.
 *
 * @throws Refusal `self_approval`; `conflict` while money is on its way to them, and the question stays
 */
export async function decideErasure(
  sql: Sql,
  asked: Asked,
  { id, revision, isYes, note, money }: ErasureDecision,
): Promise<ErasureDecided | undefined> {
  const { rows } = await sql.query<Row>(
    `select about, change ->> 'reason' as wish, state, requested_by, decided_by, revision from approval
     where id = $1 and kind = 'customer.erase' for update`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  requireOpen(row, revision);
  const by = asked.actor.id;
  if (by === row.requested_by) throw new Refusal('self_approval');
  requireManager(asked.actor, 'Only a Manager decides about erasing a customer.');
  if (money !== undefined) throw noSum();
  await closeWithoutSum(sql, id, { isYes, by, note });
  const customerId = row.about.slice(CUSTOMER.length);
  await writeAudit(sql, asked, {
    action: isYes ? 'approval.approve' : 'approval.reject',
    object: `approval:${id}`,
    before: { about: row.about },
    reason: note ?? undefined,
    customerId,
  });
  if (!isYes) return null;
  const approval = { id, requestedBy: row.requested_by };
  const { pseudonym } = await markErased(sql, asked, customerId, { reason: row.wish, approval });
  return { customerId, pseudonym };
}

function noSum(): Refusal {
  return invalidField('/amount', 'amount_not_lower', {
    en: 'this is about erasing a customer; there is no sum to lower',
    zh: '此审批涉及抹除客户资料，没有可调整的金额',
  });
}
