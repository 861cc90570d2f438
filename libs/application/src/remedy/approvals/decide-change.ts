import type { Asked } from '../../access/actor';
import { Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { closeWithoutSum, requireOpen, type OpenRow } from './approval-rows';

interface Row extends OpenRow {
  about: string | null;
  authors: readonly string[];
}

/**
 * A second person says yes or no to a change: of a rollout, a budget, or the release of a hold. The
 * change itself is made by whoever asked, who sends it again. False when the approval is about a
 * compensation or an apology.
 */
export async function decideChange(
  sql: Sql,
  asked: Asked,
  decision: {
    readonly id: string;
    readonly revision: number | undefined;
    readonly isYes: boolean;
    readonly note: string | null;
  },
): Promise<boolean> {
  const { id, isYes, note } = decision;
  const { rows } = await sql.query<Row>(
    `select about, authors, state, requested_by, decided_by, revision from approval
     where id = $1 and about is not null for update`,
    [id],
  );
  const [approval] = rows;
  if (!approval) return false;
  requireOpen(approval, decision.revision);
  const by = asked.actor.id;
  if (by === approval.requested_by || approval.authors.includes(by)) {
    throw new Refusal('self_approval');
  }
  await closeWithoutSum(sql, id, { isYes, by, note });
  await insertAudit(sql, [
    {
      author: askedAuthor(asked),
      action: isYes ? 'approval.approve' : 'approval.reject',
      object: `approval:${id}`,
      before: { about: approval.about },
      reason: note,
    },
  ]);
  return true;
}
