import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import type { Budgets } from '../budgets/budgets';
import { ExitCeilings } from '../exit/exit-ceilings';
import { OpenHolds, type Holdable } from '../holds/open-holds';
import { changeIncidents, alignIncidents, lockIncident } from '../incident/incident-rows';
import { ruleMessage } from '../messages/queue-messages';
import type { Compensation } from '../model/compensation';
import { scopeOf, type Incident } from '../model/incident';
import type { Remedy } from '../remedy';
import type { RemedyRule } from '../rules/rule-book';
import { clockNowMs } from '../skip/clock-now';
import { lookUpSkips } from '../skip/look-up-skips';
import { insertAudit, type Author } from '../store/audit-rows';
import { changeCompensation } from '../store/compensation-rows';
import { Payouts, type Announcement } from './payouts';
import { VoucherPools } from './voucher-pools';
import { withdraw } from './withdraw';

export type Proceeded =
  | { readonly kind: 'started'; readonly compensation: Compensation; readonly payouts: Payouts }
  | { readonly kind: 'held'; readonly compensation: Compensation }
  /** The money came another way in the meantime: it is withdrawn. */
  | { readonly kind: 'already_put_right' };

/** Where a compensation comes from: its incident and rule, if it has any. */
export interface Origin {
  readonly incident: Incident | undefined;
  readonly rule: RemedyRule | undefined;
}

export async function readOrigin(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
): Promise<Origin> {
  if (compensation.incidentId === null) return { incident: undefined, rule: undefined };
  const incident = await lockIncident(sql, compensation.incidentId);
  const rule = incident && (await remedy.rules.find(sql, incident.ruleId, incident.ruleVersion));
  return { incident, rule };
}

/**
 * Lets a compensation go on that waited for a person or a hold: skip_if is looked at again, then
 * holds, then it is paid. The caller has passed the gate, locked the compensation (`readOrigin` its
 * incident) and its budget, which must be reserved, and writes the budgets afterwards with `finish`.
 */
export async function proceed(
  sql: Sql,
  remedy: Remedy,
  budgets: Budgets,
  compensation: Compensation,
  origin: Origin,
  author: Author,
): Promise<Proceeded> {
  const skip = await hitSkip(sql, remedy, compensation, origin);
  if (skip !== undefined) {
    const reason = 'already put right';
    await withdraw(sql, budgets, compensation, { to: 'withdrawn', author, reason });
    await noteSkip(sql, compensation, skip);
    return { kind: 'already_put_right' };
  }
  const hold = (await OpenHolds.read(sql)).stops('payments', holdable(compensation, origin));
  if (hold !== undefined) {
    const held: Compensation = { ...compensation, state: 'held', heldBy: hold };
    await applyChange(sql, held);
    await insertAudit(sql, [
      { author, action: 'compensation.hold', object: `compensation:${held.id}`, reason: hold },
    ]);
    return { kind: 'held', compensation: held };
  }
  const { settings } = await readSettings(sql);
  const clockMs = await clockNowMs(sql, remedy.clock);
  const announcement = announcementOf(compensation, origin);
  const { brand } = compensation;
  const want = { brand, template: announcement?.templateId ?? null };
  const pools = await VoucherPools.lock(sql, compensation.kind === 'voucher' ? [want] : []);
  const ceilings = await ExitCeilings.lock(sql, settings, [compensation]);
  const voucherDays = settings.voucher_days;
  const payouts = new Payouts(remedy, budgets, { clockMs, voucherDays, pools, ceilings });
  const started = payouts.start(compensation, announcement, author);
  await applyChange(sql, started);
  return { kind: 'started', compensation: started, payouts };
}

/** Writes what `proceed` left to be written, and brings the incident into line. */
export async function finish(
  sql: Sql,
  budgets: Budgets,
  proceeded: Proceeded,
  incidentId: string | null,
): Promise<void> {
  if (proceeded.kind === 'started') await proceeded.payouts.write(sql);
  else await budgets.write(sql);
  if (incidentId !== null && proceeded.kind !== 'already_put_right') {
    await alignIncidents(sql, [incidentId]);
  }
}

/** What the customer is told of it once it has moved. */
export function announcementOf(compensation: Compensation, { rule }: Origin): Announcement {
  const byRule = rule && ruleMessage(rule.document);
  if (compensation.template !== null) {
    return { channels: ['email'], urgent: false, ...byRule, templateId: compensation.template };
  }
  return byRule;
}

export function holdable(compensation: Compensation, { incident, rule }: Origin): Holdable {
  return {
    customerId: compensation.customerId,
    ruleId: compensation.ruleId,
    labels: rule?.document.labels ?? {},
    scope: incident ? scopeOf(incident, rule, compensation.unit) : null,
  };
}

/** Writes a compensation that has started, or is held. */
export async function applyChange(sql: Sql, compensation: Compensation): Promise<void> {
  const { id, state, heldBy, provider, voucherCode, budgetId, budgetPeriod } = compensation;
  await changeCompensation(
    sql,
    id,
    {
      state,
      held_by: heldBy,
      provider,
      voucher_code: voucherCode,
      budget_id: budgetId,
      budget_period: budgetPeriod,
      amount_minor: compensation.money.minor,
      content_hash: compensation.contentHash,
      round: compensation.round,
      failure: null,
    },
    {
      ...((state === 'reserved' || state === 'settled') && { reserved: true as const }),
      ...(state === 'settled' && { settled: true as const }),
      nextAttemptInMs: state === 'reserved' ? 0 : null,
    },
  );
}

/** The number of the skip_if that hits now; undefined when none does. */
async function hitSkip(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
  { incident, rule }: Origin,
): Promise<number | undefined> {
  const isByRule = compensation.ruleId !== null;
  if (!isByRule || !incident || !rule || rule.decision.skips.length === 0) return undefined;
  // What history tells of is the payout that came back.
  if (await standsInForFailed(sql, compensation)) return undefined;
  const [answers = []] = await lookUpSkips(sql, remedy.history, [
    {
      scope: scopeOf(incident, rule, compensation.unit),
      skips: rule.decision.skips,
      clockMs: await clockNowMs(sql, remedy.clock),
      historyMark: null,
    },
  ]);
  return answers.find(({ hit }) => hit === true)?.index;
}

async function standsInForFailed(
  sql: Sql,
  { id, incidentId, unit }: Compensation,
): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from compensation where incident_id = $1 and unit = $2 and id <> $3
       and state = 'reversed' and failure is not null`,
    [incidentId, unit, id],
  );
  return rows.length > 0;
}

async function noteSkip(sql: Sql, compensation: Compensation, skip: number): Promise<void> {
  const { incidentId, unit } = compensation;
  if (incidentId === null) return;
  const line = { skip_if: skip, hit: true, looked: 'again' };
  if (unit > 0) {
    await changeIncidents(sql, [{ id: incidentId, why: [{ unit }, line] }]);
    await alignIncidents(sql, [incidentId]);
    return;
  }
  await changeIncidents(sql, [{ id: incidentId, state: 'skipped', why: [line] }]);
}
