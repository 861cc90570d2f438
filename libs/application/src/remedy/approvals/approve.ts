import { formatMoney, type Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, Refusal } from '../../access/refusal';
import { decideErasure, type ErasureDecided } from '../../erasure/decide-erasure';
import { EraseCustomer } from '../../erasure/erase-customer';
import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import { Budgets } from '../budgets/budgets';
import { requireBelowItemCap } from '../exit/item-cap';
import { shareGate } from '../holds/hold-gate';
import { changeIncidents } from '../incident/incident-rows';
import { contentHash, type Compensation, type CompensationState } from '../model/compensation';
import type { Payouts } from '../money/payouts';
import { finish, proceed, readOrigin, type Proceeded } from '../money/proceed';
import { settleByPerson } from '../payout/settle-by-person';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { closeApproval, lockOpenApproval, noteFirstYes, type Approval } from './approval-rows';
import { decideChange } from './decide-change';
import { decideBare, type BareOutcome } from './decide-bare';
import { decideReversal } from './decide-reversal';
import { needsTwo } from './second-threshold';

export interface ApproveInput {
  readonly id: string;
  /** The revision that was read; undefined: whatever it is now. */
  readonly revision?: number | undefined;
  /** Less than what is asked, the whole sum unless given; where the rule could name none, the sum. */
  readonly money?: Money | undefined;
  readonly note?: string | undefined;
}

export interface ApprovalDecided {
  readonly approvalId: string;
  /** `open`: a second person has to say yes, too. */
  readonly state: 'approved' | 'rejected' | 'open';
  readonly decidedBy: string;
  /** Null: an apology without money. */
  readonly compensationId: string | null;
  readonly compensationState: CompensationState | null;
}

/** What was decided, and what has to be told of it once it is committed. */
type Decision = ApprovalDecided & {
  readonly proceeded?: Proceeded;
  readonly payouts?: Payouts;
  readonly isPutRight?: boolean;
  readonly erased?: ErasureDecided;
};

/**
 * A person says yes: the compensation is paid, this sum or a lower one. Nobody approves what they
 * proposed themselves. Of a payout whose outcome is unknown, yes means: it has moved. Of a reversal:
 * it is taken back. Of an erasure: the customer is forgotten.
 */
export class Approve {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ApproveInput): Promise<ApprovalDecided> {
    const { proceeded, payouts, isPutRight, erased, ...decided } =
      await this.remedy.database.transaction((sql) => this.decide(sql, asked, input));
    if (proceeded?.kind === 'started') proceeded.payouts.announce();
    payouts?.announce();
    if (erased) {
      const { database, history } = this.remedy;
      const { pseudonym, customerId } = erased;
      await new EraseCustomer(database, history).carryOut(pseudonym, customerId, asked.actor.id);
    }
    if (decided.compensationId === null) this.remedy.wake.signal('messages');
    if (isPutRight || proceeded?.kind === 'already_put_right') {
      throw new Refusal('conflict', {
        detail: 'It was put right in another way in the meantime; nothing is paid.',
        extra: { reason: 'already_put_right' },
      });
    }
    return decided;
  }

  private async decide(sql: Sql, asked: Asked, input: ApproveInput): Promise<Decision> {
    const { id, revision, money } = input;
    const ofChange = { id, revision, isYes: true, note: input.note ?? null };
    const erased = await decideErasure(sql, asked, { ...ofChange, money });
    if (erased !== undefined) return { ...withoutCompensation(id, asked), erased };
    await shareGate(sql);
    const bare = await decideBare(sql, this.remedy, asked, { ...ofChange, money });
    if (bare) return ofBare(id, asked, bare);
    if (await decideChange(sql, asked, ofChange)) return withoutCompensation(id, asked);
    const { approval, compensation } = await lockOpenApproval(sql, input.id, input.revision);
    const by = asked.actor.id;
    if (approval.kind === 'compensation.reverse') {
      await decideReversal(sql, asked, { approval, compensation }, { ...ofChange, money });
      return decided(approval.id, by, compensation, 'reversed');
    }
    if (
      by === approval.requestedBy ||
      by === compensation.proposedBy ||
      by === approval.first?.by
    ) {
      throw new Refusal('self_approval');
    }
    const note = input.note ?? null;
    if (compensation.state === 'unknown') {
      await closeApproval(sql, approval.id, { state: 'approved', by, note, compensation });
      await settleByPerson(sql, this.remedy, compensation, askedAuthor(asked));
      return decided(approval.id, by, compensation, 'settled');
    }
    if (compensation.state !== 'awaiting_approval') {
      throw new Refusal('conflict', { extra: { reason: compensation.state } });
    }
    const sum = lowered(compensation.money, approval.first, input.money);
    const { settings } = await readSettings(sql);
    requireBelowItemCap(settings, sum);
    if (approval.first === null && (approval.needsSecond || needsTwo(settings, sum))) {
      await noteFirstYes(sql, approval.id, by, sum.minor);
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'approval.first',
          object: `approval:${approval.id}`,
          before: { compensation_id: compensation.id, amount: formatMoney(compensation.money) },
          after: { amount: formatMoney(sum) },
          reason: note,
        },
      ]);
      return { ...decided(approval.id, by, compensation, compensation.state), state: 'open' };
    }
    const { budgets, approved } = await this.reserve(sql, compensation, sum);
    await closeApproval(sql, approval.id, { state: 'approved', by, note, compensation: approved });
    await this.note(sql, asked, approval.id, compensation, approved, note);
    const origin = await readOrigin(sql, this.remedy, approved);
    const author = askedAuthor(asked);
    const proceeded = await proceed(sql, this.remedy, budgets, approved, origin, author);
    await finish(sql, budgets, proceeded, approved.incidentId);
    const state =
      proceeded.kind === 'already_put_right' ? 'withdrawn' : proceeded.compensation.state;
    return { ...decided(approval.id, by, approved, state), proceeded };
  }

  /** The sum that is approved, with its limits and budget as low as that. */
  private async reserve(
    sql: Sql,
    compensation: Compensation,
    lower: Money,
  ): Promise<{ budgets: Budgets; approved: Compensation }> {
    const budgets = await Budgets.lock(sql, [compensation]);
    let { budgetId } = compensation;
    if (budgetId === null) {
      const sum = { brand: compensation.brand, money: lower };
      const verdict = budgets.reserve(sum, await clockNowMs(sql, this.remedy.clock));
      if (verdict.kind === 'exhausted') {
        throw new Refusal('conflict', {
          detail: `The budget ${verdict.budgetId} has ${formatMoney(verdict.left)} left.`,
          extra: { reason: 'budget_exhausted' },
        });
      }
      budgetId = verdict.kind === 'reserved' ? verdict.budgetId : null;
    } else if (lower.minor < compensation.money.minor) {
      const minor = compensation.money.minor - lower.minor;
      budgets.release(budgetId, { ...lower, minor });
    }
    if (lower.minor < compensation.money.minor) {
      await sql.query('update limit_entry set amount_minor = $2 where entry_ref = $1', [
        compensation.id,
        lower.minor,
      ]);
    }
    const approved = { ...compensation, money: lower, budgetId };
    return { budgets, approved: { ...approved, contentHash: contentHash(approved) } };
  }

  private async note(
    sql: Sql,
    asked: Asked,
    approvalId: string,
    before: Compensation,
    after: Compensation,
    reason: string | null,
  ): Promise<void> {
    await insertAudit(sql, [
      {
        author: askedAuthor(asked),
        action: 'approval.approve',
        object: `approval:${approvalId}`,
        ...wordsAbout(before.customerId, askedAuthor(asked)),
        before: { compensation_id: before.id, amount: formatMoney(before.money) },
        after: { amount: formatMoney(after.money) },
        reason,
      },
    ]);
    if (after.incidentId === null) return;
    const why = [{ approved_by: asked.actor.id, amount: formatMoney(after.money) }];
    await changeIncidents(sql, [{ id: after.incidentId, why, money: after.money }]);
  }
}

function decided(
  approvalId: string,
  by: string,
  { id }: Compensation,
  state: CompensationState,
): ApprovalDecided {
  return {
    approvalId,
    state: 'approved',
    decidedBy: by,
    compensationId: id,
    compensationState: state,
  };
}

function ofBare(id: string, asked: Asked, outcome: BareOutcome): Decision {
  if (outcome.kind !== 'given') {
    const isPutRight = outcome.kind === 'already_put_right';
    return { ...withoutCompensation(id, asked), isPutRight };
  }
  const { compensationId, state: compensationState, payouts } = outcome.compensation;
  return { ...withoutCompensation(id, asked), compensationId, compensationState, payouts };
}

function withoutCompensation(id: string, { actor }: Asked): ApprovalDecided {
  const about = { compensationId: null, compensationState: null };
  return { approvalId: id, state: 'approved', decidedBy: actor.id, ...about };
}

/** What is let go: what was asked for (or the first of two said yes to), or less. */
function lowered(asked: Money, first: Approval['first'], wanted?: Money): Money {
  const most = { ...asked, minor: first?.minor ?? asked.minor };
  if (wanted === undefined) return most;
  const fits = wanted.minor > 0n && wanted.minor <= most.minor;
  if (wanted.currency === most.currency && fits) return wanted;
  throw first === null ? notLower(most) : notLowerThan(first.by, most);
}

function notLower(money: Money): Refusal {
  const most = formatMoney(money);
  return invalidField('/amount', 'amount_not_lower', {
    en: `more than zero and at most ${most}, which is what was asked for`,
    zh: `金额必须大于零且不超过申请的 ${most}`,
  });
}

function notLowerThan(by: string, money: Money): Refusal {
  const most = formatMoney(money);
  return invalidField('/amount', 'amount_not_lower', {
    en: `more than zero and at most ${most}, which is what ${by} said yes to`,
    zh: `金额必须大于零且不超过 ${by} 已同意的 ${most}`,
  });
}
