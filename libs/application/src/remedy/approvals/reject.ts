import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, Refusal } from '../../access/refusal';
import { requireManager } from '../../access/require-manager';
import { decideErasure } from '../../erasure/decide-erasure';
import { Budgets } from '../budgets/budgets';
import { alignIncidents, changeIncidents } from '../incident/incident-rows';
import { withdraw } from '../money/withdraw';
import { failByPerson } from '../payout/settle-by-person';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { closeApproval, lockOpenApproval } from './approval-rows';
import type { ApprovalDecided } from './approve';
import { decideChange } from './decide-change';
import { decideBare } from './decide-bare';
import { decideReversal } from './decide-reversal';

export interface RejectInput {
  readonly id: string;
  readonly revision?: number | undefined;
  /** A customer is denied something: the reason is kept. */
  readonly note: string;
}

/**
 * A person says no: limits and budget are free again. Of a payout whose outcome is unknown, no
 * means: it has not moved. Of a reversal: the customer keeps what they have. Of an erasure: nobody is
 * forgotten.
 */
export class Reject {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: RejectInput): Promise<ApprovalDecided> {
    if (input.note.trim() === '') throw noteMissing();
    return this.remedy.database.transaction(async (sql) => {
      const { id, revision, note } = input;
      const ofBare = { id, revision, note, isYes: false };
      const isErasure = (await decideErasure(sql, asked, ofBare)) !== undefined;
      if (isErasure || (await decideChange(sql, asked, ofBare))) {
        const about = { compensationId: null, compensationState: null };
        return { approvalId: id, state: 'rejected', decidedBy: asked.actor.id, ...about };
      }
      if (await decideBare(sql, this.remedy, asked, ofBare)) {
        const about = { compensationId: null, compensationState: null };
        return { approvalId: id, state: 'rejected', decidedBy: asked.actor.id, ...about };
      }
      const { approval, compensation } = await lockOpenApproval(sql, input.id, input.revision);
      const by = asked.actor.id;
      if (approval.kind === 'compensation.reverse') {
        await decideReversal(sql, asked, { approval, compensation }, ofBare);
        const left = { compensationId: compensation.id, compensationState: compensation.state };
        return { approvalId: id, state: 'rejected', decidedBy: by, ...left };
      }
      // Whoever asked does not decide, in either direction: the table says so, too.
      if (by === approval.requestedBy) throw new Refusal('self_approval');
      // Of an unknown outcome a no means that nothing has moved, and denies nobody.
      if (compensation.state !== 'unknown') requireManager(asked.actor);
      const author = askedAuthor(asked);
      await closeApproval(sql, approval.id, {
        state: 'rejected',
        by,
        note: input.note,
        compensation,
      });
      const isUnknown = compensation.state === 'unknown';
      if (isUnknown) {
        await failByPerson(sql, compensation, author, input.note);
      } else {
        const budgets = await Budgets.lock(sql, [compensation]);
        await withdraw(sql, budgets, compensation, {
          to: 'rejected',
          author,
          reason: input.note,
        });
        await budgets.write(sql);
      }
      await insertAudit(sql, [
        {
          author,
          action: 'approval.reject',
          object: `approval:${approval.id}`,
          ...wordsAbout(compensation.customerId, author),
          before: { compensation_id: compensation.id, amount: formatMoney(compensation.money) },
          reason: input.note,
        },
      ]);
      const { incidentId } = compensation;
      if (incidentId !== null) {
        await changeIncidents(sql, [{ id: incidentId, why: [{ rejected_by: by, ok: false }] }]);
        await alignIncidents(sql, [incidentId]);
      }
      return {
        approvalId: approval.id,
        state: 'rejected',
        decidedBy: by,
        compensationId: compensation.id,
        compensationState: isUnknown ? 'failed' : 'rejected',
      };
    });
  }
}

function noteMissing() {
  return invalidField('/note', 'required', {
    en: 'a rejection needs a note that says why',
    zh: '拒绝时必须填写说明原因的备注',
  });
}
