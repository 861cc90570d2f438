import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import { openApprovals } from '../approvals/open-approvals';
import { ExitCeilings, type HeldAtExit } from '../exit/exit-ceilings';
import { isOverItemCap, ITEM_CAP } from '../exit/item-cap';
import { shareGate } from '../holds/hold-gate';
import { OpenHolds } from '../holds/open-holds';
import { alignIncidents } from '../incident/incident-rows';
import type { Compensation } from '../model/compensation';
import { post } from '../money/ledger';
import { NO_PROVIDER } from '../money/payouts';
import { applyChange, holdable, readOrigin } from '../money/proceed';
import type { Remedy } from '../remedy';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { insertAttempt, latestAttempt, noteQuery, noteResend, type Attempt } from './attempt-rows';
import { judgePayment } from './judge-payment';
import type { PayoutProvider } from './payout-provider';
import { planPayout } from './plan-payout';
import { traceparentOf } from './traceparent-of';
import { failSent } from './settle-sent';

/** Beyond the longest time a send takes, so that a lease that ran out means: it is over. */
const LEASE_MARGIN_MS = 15_000;
/** Until a hold is looked at again, or a missing provider. */
const LATER_MS = 30_000;
/** Processes are set up one after the other. */
const PROVIDER_GRACE = '5 minutes';

/** What the payer does next, outside the transaction. */
export type PreparedPayout =
  | {
      readonly kind: 'send';
      readonly provider: PayoutProvider;
      readonly compensation: Compensation;
      readonly attempt: Attempt;
      readonly isResend: boolean;
      readonly traceparent: string | null;
    }
  | {
      readonly kind: 'query';
      readonly provider: PayoutProvider;
      readonly compensation: Compensation;
      readonly attempt: Attempt;
    }
  /** What the payment has captured must be known first. */
  | {
      readonly kind: 'read-payment';
      readonly provider: PayoutProvider;
      readonly compensation: Compensation;
      readonly payment: string;
    }
  | { readonly kind: 'nothing' };

const NOTHING: PreparedPayout = { kind: 'nothing' };

/**
 * Settles, under the compensation's lock, what is to be done about it, and writes it down before the
 * first byte leaves. Whoever dies afterwards leaves a lease behind; when it runs out, the next one
 * finds the attempt and knows that its outcome is not known.
 */
export async function preparePayout(sql: Sql, remedy: Remedy, id: string): Promise<PreparedPayout> {
  await shareGate(sql);
  const compensation = await lockCompensation(sql, id);
  if (!compensation || !(await isDue(sql, id))) return NOTHING;
  const provider =
    compensation.provider === null ? undefined : remedy.providers.named(compensation.provider);
  if (!provider) return withoutProvider(sql, remedy, compensation);
  const origin = await readOrigin(sql, remedy, compensation);
  const hold = (await OpenHolds.read(sql)).stops('payments', holdable(compensation, origin));
  const latest = await latestAttempt(sql, id);
  if (compensation.state === 'reserved' && hold !== undefined) {
    await putOnHold(sql, compensation, hold);
    return NOTHING;
  }
  const traceparent = traceparentOf(origin.incident?.event);
  const plan = planPayout(provider.capabilities, latest, hold !== undefined);
  const leaseMs = provider.timeoutMs + LEASE_MARGIN_MS;
  switch (plan.kind) {
    case 'wait':
      await changeCompensation(sql, id, { state: 'unknown' }, { nextAttemptInMs: LATER_MS });
      return NOTHING;
    case 'ask-person':
      await askPerson(sql, compensation, latest);
      return NOTHING;
    case 'query': {
      if (!latest) return NOTHING;
      await changeCompensation(sql, id, { state: 'unknown' }, { nextAttemptInMs: leaseMs });
      return { kind: 'query', provider, compensation, attempt: await noteQuery(sql, latest) };
    }
    case 'resend': {
      if (!latest) return NOTHING;
      const attempt = await noteResend(sql, latest, leaseMs);
      await changeCompensation(sql, id, { state: 'sending' }, { nextAttemptInMs: leaseMs });
      return { kind: 'send', provider, compensation, attempt, isResend: true, traceparent };
    }
    case 'send': {
      const verdict = await judgePayment(sql, provider, compensation);
      switch (verdict.kind) {
        case 'read':
          return { kind: 'read-payment', provider, compensation, payment: verdict.payment };
        case 'refused':
          await failSent(sql, compensation, REMEDY, verdict.reason);
          remedy.observer.alarm('a refund would not fit its payment', { compensationId: id });
          return NOTHING;
        case 'wait': {
          const stamps = { nextAttemptInMs: verdict.waitMs };
          await changeCompensation(sql, id, { state: 'reserved' }, stamps);
          return NOTHING;
        }
        case 'free':
          break;
      }
      const { heldBy, isCounted } = await passExit(sql, compensation);
      if (heldBy !== undefined) {
        remedy.observer.limited('ceiling', 'hold');
        await putOnHold(sql, compensation, heldBy);
        return NOTHING;
      }
      const { number } = plan;
      const attempt = await insertAttempt(sql, compensation, provider, {
        number,
        leaseMs,
        isCounted,
      });
      await changeCompensation(sql, id, { state: 'sending' }, { nextAttemptInMs: leaseMs });
      return { kind: 'send', provider, compensation, attempt, isResend: false, traceparent };
    }
  }
}

/**
 * Nobody is set up any more to pay it. What nobody has been asked for goes to whoever is next, after a while in which
 * another process may know the provider; of what may have moved, only that provider can tell.
 */
async function withoutProvider(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
): Promise<PreparedPayout> {
  const { id, state } = compensation;
  remedy.observer.warn('the provider of a payout is not set up', { compensationId: id });
  const latest = await latestAttempt(sql, id);
  const isFree = state === 'reserved' && (latest === undefined || latest.state === 'failed');
  if (isFree && (await isSetAsideFor(sql, id, PROVIDER_GRACE))) {
    await putOnHold(sql, compensation, NO_PROVIDER);
  } else {
    await changeCompensation(sql, id, { state }, { nextAttemptInMs: LATER_MS });
  }
  return NOTHING;
}

async function isSetAsideFor(sql: Sql, id: string, interval: string): Promise<boolean> {
  const { rows } = await sql.query(
    'select 1 from compensation where id = $1 and reserved_at < clock_timestamp() - $2::interval',
    [id, interval],
  );
  return rows.length > 0;
}

interface Exit {
  /** By what it is held; undefined: it may leave. */
  readonly heldBy: HeldAtExit | undefined;
  /** It counts in a ceiling of today. */
  readonly isCounted: boolean;
}

/**
 * The last look at a sum before it leaves. An earlier attempt of today, which has positively failed, has counted in the
 * ceilings for this one as well.
 */
async function passExit(sql: Sql, compensation: Compensation): Promise<Exit> {
  const { settings } = await readSettings(sql);
  const { rows } = await sql.query(
    `select 1 from payment_attempt
     where compensation_id = $1 and counted_on = (clock_timestamp() at time zone 'UTC')::date`,
    [compensation.id],
  );
  if (rows.length > 0) {
    const heldBy = isOverItemCap(settings, compensation.money) ? ITEM_CAP : undefined;
    return { heldBy, isCounted: true };
  }
  const ceilings = await ExitCeilings.lock(sql, settings, [compensation]);
  const heldBy = ceilings.take(compensation);
  await ceilings.write(sql);
  return { heldBy, isCounted: heldBy === undefined && ceilings.isAny };
}

async function isDue(sql: Sql, id: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from compensation where id = $1 and state in ('reserved', 'sending', 'unknown')
       and next_attempt_at <= clock_timestamp()`,
    [id],
  );
  return rows.length > 0;
}

/** What was set aside in the ledger is undone; letting it go again sets it aside anew. */
async function putOnHold(sql: Sql, compensation: Compensation, hold: string): Promise<void> {
  const { id, incidentId, incidentAtMs: atMs, round } = compensation;
  await post(sql, [{ kind: 'void', compensation, wasReserved: true, atMs }]);
  await applyChange(sql, { ...compensation, state: 'held', heldBy: hold, round: round + 1 });
  const object = `compensation:${id}`;
  await insertAudit(sql, [
    { author: REMEDY, action: 'compensation.void', object, reason: hold },
    { author: REMEDY, action: 'compensation.hold', object, reason: hold },
  ]);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}

/** The outcome cannot be found out by program: a person does, outside, and says so. */
export async function askPerson(
  sql: Sql,
  compensation: Compensation,
  latest: Attempt | undefined,
): Promise<void> {
  const { id, incidentId } = compensation;
  await changeCompensation(sql, id, { state: 'unknown' }, { nextAttemptInMs: null });
  const reason = `outcome unknown: ask the provider about ${latest?.key ?? id}`;
  const { rows } = await sql.query(
    `select 1 from approval where compensation_id = $1 and state = 'open'`,
    [id],
  );
  if (rows.length === 0) await openApprovals(sql, [{ compensation, reason }]);
  await insertAudit(sql, [
    { author: REMEDY, action: 'compensation.ask', object: `compensation:${id}`, reason },
  ]);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}
