import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, notFound, Refusal } from '../../access/refusal';
import { requireNotErased } from '../../erasure/erased-customers';
import { newId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import { conspicuous } from '../abuse/abuse-desk';
import { openApprovals } from '../approvals/open-approvals';
import { voidBareApprovals } from '../approvals/open-bare-approvals';
import { brandOf, readTags } from '../brand/brand-of';
import { Budgets } from '../budgets/budgets';
import { ExitCeilings } from '../exit/exit-ceilings';
import { requireBelowItemCap } from '../exit/item-cap';
import { shareGate } from '../holds/hold-gate';
import { OpenHolds } from '../holds/open-holds';
import { alignIncidents, changeIncidents, lockIncident } from '../incident/incident-rows';
import {
  contentHash,
  isLive,
  type Compensation,
  type CompensationState,
} from '../model/compensation';
import type { Incident } from '../model/incident';
import { Payouts } from '../money/payouts';
import { announcementOf, holdable, readOrigin } from '../money/proceed';
import { VoucherPools } from '../money/voucher-pools';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { insertCompensations, lockCompensationsOf } from '../store/compensation-rows';
import type { ManualCompensationInput } from './manual-input';
import { manualSignals } from './manual-signals';
import { otherPeople } from './other-people';
import { requireSameSum, ruleSays, type RuleSays } from './rule-says';

export interface ManualCompensation {
  readonly compensationId: string;
  /** Whom it waits for; null: nobody. */
  readonly approvalId: string | null;
  readonly state: CompensationState;
  /** What a rule says about the same case. */
  readonly ruleSays: RuleSays | null;
}

/** Goodwill by hand: paid at once within the agent's own limit, else when another person agrees. */
export class CreateManualCompensation {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ManualCompensationInput): Promise<ManualCompensation> {
    if (input.money.minor <= 0n) throw notPositive();
    if (input.as === 'refund' && input.payment === undefined) throw paymentMissing();
    const { payouts, ...created } = await this.remedy.database.transaction(async (sql) => {
      const { incident, ...given } = await this.createIn(sql, asked, input);
      if (incident) await this.closeQuestion(sql, incident);
      return given;
    });
    payouts.announce();
    return created;
  }

  /** The same in a transaction of the caller, who announces the payouts after it; its incident is locked. */
  async createIn(
    sql: Sql,
    asked: Asked,
    input: ManualCompensationInput,
  ): Promise<ManualCompensation & { payouts: Payouts; incident: Incident | undefined }> {
    await shareGate(sql);
    await requireNotErased(sql, input.customerId);
    await requireTemplate(sql, input.template);
    const incident =
      input.incidentId === undefined
        ? undefined
        : await requireUnpaid(sql, input.incidentId, input.unit);
    const says = await ruleSays(sql, input);
    requireSameSum(says, input);
    const { settings } = await readSettings(sql);
    const clockMs = await clockNowMs(sql, this.remedy.clock);
    requireBelowItemCap(settings, input.money);
    const people = await otherPeople(sql, settings, asked, input);
    const signals = await manualSignals(sql, settings, asked, input);
    const brand = brandOf(incident?.event ?? null, await readTags(sql, input.customerId));
    const sum = { brand, money: input.money };
    const budgets = await Budgets.lock(sql, [sum]);
    const draft = { ...propose(asked, input), brand };
    const announcement = announcementOf(draft, await readOrigin(sql, this.remedy, draft));
    const want = { brand, template: announcement?.templateId ?? null };
    const pools = await VoucherPools.lock(sql, input.as === 'voucher' ? [want] : []);
    const payouts = new Payouts(this.remedy, budgets, {
      clockMs,
      voucherDays: settings.voucher_days,
      pools,
      ceilings: await ExitCeilings.lock(sql, settings, [sum]),
    });
    const verdict = budgets.reserve(sum, clockMs);
    if (verdict.kind === 'exhausted' && verdict.then === 'skip') {
      throw new Refusal('conflict', { extra: { reason: 'budget_exhausted' } });
    }
    const review =
      verdict.kind === 'exhausted'
        ? 'budget exhausted'
        : (people.reason ?? pools.missing(draft, want.template) ?? conspicuous(signals));
    const proposed = {
      ...draft,
      budgetId: verdict.kind === 'reserved' ? verdict.budgetId : null,
      needsApproval: review !== undefined,
    };
    const compensation = await this.start(sql, asked, payouts, proposed);
    await insertCompensations(sql, [compensation]);
    const [approvalId = null] =
      review === undefined
        ? []
        : await openApprovals(sql, [
            { compensation, reason: review, needsSecond: people.needsSecond },
          ]);
    await payouts.write(sql);
    await note(sql, asked, input, compensation, says);
    return {
      ruleSays: says,
      compensationId: compensation.id,
      approvalId,
      state: compensation.state,
      payouts,
      incident,
    };
  }

  /** Nobody is asked any more for a sum that has been given. */
  private async closeQuestion(sql: Sql, incident: Incident): Promise<void> {
    const rule = await this.remedy.rules.find(sql, incident.ruleId, incident.ruleVersion);
    if (rule?.document.pay.as !== 'nothing') await voidBareApprovals(sql, incident.id);
  }

  private async start(
    sql: Sql,
    asked: Asked,
    payouts: Payouts,
    proposed: Compensation,
  ): Promise<Compensation> {
    if (proposed.needsApproval) return { ...proposed, state: 'awaiting_approval' };
    const origin = await readOrigin(sql, this.remedy, proposed);
    const hold = (await OpenHolds.read(sql)).stops('payments', holdable(proposed, origin));
    if (hold !== undefined) return { ...proposed, state: 'held', heldBy: hold };
    return payouts.start(proposed, announcementOf(proposed, origin), askedAuthor(asked));
  }
}

function propose(asked: Asked, input: ManualCompensationInput): Compensation {
  const nowMs = Date.now();
  const content = {
    incidentId: input.incidentId ?? null,
    unit: input.unit ?? 0,
    customerId: input.customerId,
    kind: input.as,
    money: input.money,
    payment: input.payment ?? null,
    orderId: input.orderId ?? null,
  };
  return {
    ...content,
    brand: null,
    id: newId('cmp', nowMs),
    ruleId: null,
    ruleVersion: null,
    state: 'proposed',
    reason: input.reason,
    template: input.template ?? null,
    proposedBy: asked.actor.id,
    needsApproval: false,
    contentHash: contentHash(content),
    budgetId: null,
    budgetPeriod: null,
    provider: null,
    voucherCode: null,
    heldBy: null,
    round: 1,
    incidentAtMs: nowMs,
    revision: 1,
  };
}

async function note(
  sql: Sql,
  asked: Asked,
  input: ManualCompensationInput,
  { id, incidentId, kind, money, state }: Compensation,
  says: RuleSays | null,
): Promise<void> {
  await insertAudit(sql, [
    {
      author: askedAuthor(asked),
      action: 'compensation.create',
      object: `compensation:${id}`,
      customerId: input.customerId,
      after: {
        as: kind,
        amount: formatMoney(money),
        customer_id: input.customerId,
        state,
        ...(says && { rule_says: formatMoney(says.money), by_rule: says.ruleId }),
        ...(input.differsBecause !== undefined && { differs_because: input.differsBecause }),
      },
      reason: input.reason,
    },
  ]);
  if (incidentId === null) return;
  const why = [{ by_hand: asked.actor.id, pay: formatMoney(money), ok: true }];
  await changeIncidents(sql, [{ id: incidentId, why, money }]);
  await alignIncidents(sql, [incidentId]);
}

/** One live compensation per incident; the unique index would say so less kindly. */
async function requireUnpaid(sql: Sql, incidentId: string, unit?: number): Promise<Incident> {
  const incident = await lockIncident(sql, incidentId);
  if (!incident) {
    throw invalidField('/incident_id', 'not_found', {
      en: 'there is no such incident',
      zh: '没有该事件',
    });
  }
  const compensations = await lockCompensationsOf(sql, incidentId);
  const live = compensations.find(
    (other) => isLive(other.state) && (unit === undefined || other.unit === unit),
  );
  if (live) {
    throw new Refusal('conflict', {
      extra: { reason: 'already_compensated', compensation_id: live.id },
    });
  }
  if (incident.state === 'shadow') throw notFound();
  return incident;
}

async function requireTemplate(sql: Sql, template: string | undefined): Promise<void> {
  if (template === undefined) return;
  const { rows } = await sql.query('select 1 from template where id = $1', [template]);
  if (rows.length > 0) return;
  throw invalidField('/template', 'not_found', {
    en: `there is no template "${template}"`,
    zh: `没有模板 "${template}"`,
  });
}

function notPositive(): Refusal {
  return invalidField('/amount', 'not_positive', {
    en: 'must be more than zero',
    zh: '必须大于零',
  });
}

function paymentMissing(): Refusal {
  return invalidField('/payment', 'required', {
    en: 'a refund names the payment it goes back to',
    zh: '退款必须指明原支付',
  });
}
