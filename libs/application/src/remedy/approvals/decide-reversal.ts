import type { Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { takeBack } from '../manual/take-back';
import type { Compensation } from '../model/compensation';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { closeApproval, type Approval } from './approval-rows';

export interface ReversalDecision {
  readonly isYes: boolean;
  readonly note: string | null;
  /** None: all of it is taken back, or nothing. */
  readonly money?: Money | undefined;
}

/**
 * A second person says yes or no to taking back what was paid: both are locked by the caller. A yes
 * takes it back at once; a no leaves the customer what they have, so any Approver may say it.
 *
 * @throws Refusal `self_approval`; `conflict`: it cannot be taken back any more, and the question stays
 */
export async function decideReversal(
  sql: Sql,
  asked: Asked,
  about: { readonly approval: Approval; readonly compensation: Compensation },
  { isYes, note, money }: ReversalDecision,
): Promise<void> {
  const { approval, compensation } = about;
  const by = asked.actor.id;
  if (by === approval.requestedBy) throw new Refusal('self_approval');
  if (money !== undefined) throw allOfIt();
  const state = isYes ? 'approved' : 'rejected';
  await closeApproval(sql, approval.id, { state, by, note, compensation });
  const author = askedAuthor(asked);
  await insertAudit(sql, [
    {
      author,
      action: isYes ? 'approval.approve' : 'approval.reject',
      object: `approval:${approval.id}`,
      ...wordsAbout(compensation.customerId, author),
      before: { reverse: compensation.id },
      reason: note,
    },
  ]);
  if (isYes) await takeBack(sql, compensation, { asked, reason: approval.wish, approval });
}

function allOfIt(): Refusal {
  return invalidField('/amount', 'amount_not_lower', {
    en: 'this takes back all that was paid; there is no sum to lower',
    zh: '此审批将收回全部已支付金额，没有可调整的金额',
  });
}
