import { assess, type Assessment, type SkipLookup } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import { AbuseDesk } from '../abuse/abuse-desk';
import { Budgets } from '../budgets/budgets';
import { ExitCeilings } from '../exit/exit-ceilings';
import { OpenHolds } from '../holds/open-holds';
import { LimitCounters } from '../limits/limit-counters';
import { ruleMessage } from '../messages/queue-messages';
import { LIVE_LANE } from '../model/incident';
import { Payouts } from '../money/payouts';
import { lookAtTotals } from '../money/totals';
import { VoucherPools, type VoucherWant } from '../money/voucher-pools';
import type { Wanted } from '../money/wanted';
import type { Remedy } from '../remedy';
import { lookUpSkips } from '../skip/look-up-skips';
import { areSkipsReady, readTopicClocks } from '../skip/skips-ready';
import { claimOf, concludeCase, type DecisionDesk, type OpenCase } from './conclude-case';
import { loadCases, type Case } from './load-cases';
import { putOff, removeFromQueue, type QueueRow } from './queue-rows';
import { recordVerdicts } from './record-verdicts';
import type { Verdict } from './verdict';

/** skip_if waits for its topics; they are sampled every 250 ms. */
const NOT_READY_WAIT_MS = 250;

export interface DecidedBatch {
  readonly verdicts: readonly Verdict[];
  readonly payouts: Payouts;
}

/**
 * Decides queue rows, in their order, within the caller's transaction: everything is locked in one
 * order (incidents, counters, budgets), read once, and written once.
 *
 * @param mayLook whether totals with ample room may be looked at without their locks
 * @throws TotalMoved when one of these had none in the end: to be done again without `mayLook`
 */
export async function decideBatch(
  sql: Sql,
  remedy: Remedy,
  rows: readonly QueueRow[],
  mayLook = true,
): Promise<DecidedBatch | undefined> {
  const loaded = await loadCases(sql, remedy, rows);
  const over = loaded.filter(isOver);
  await removeFromQueue(
    sql,
    over.map(({ row }) => row),
  );
  const cases = await keepReady(
    sql,
    remedy,
    loaded.filter((decided) => !isOver(decided)),
  );
  if (cases.length === 0) return undefined;

  const assessed = await assessAll(sql, remedy, cases);
  const open = assessed.flatMap(({ case: decided, assessment }) =>
    assessment.kind === 'open' ? [openCase(remedy, decided, assessment)] : [],
  );
  const desk = await openDesk(sql, remedy, open, mayLook);
  remedy.observer.reached('decision.after-lock');

  const openByCase = new Map(open.map((item) => [item.case, item]));
  const verdicts = assessed.map(({ case: decided, assessment }) => {
    const item = openByCase.get(decided);
    return item ? concludeCase(desk, item) : endedVerdict(decided, assessment);
  });
  await recordVerdicts(sql, desk, verdicts);
  return { verdicts, payouts: desk.payouts };
}

/** Closed by a person or refuted before it came up: there is nothing left to decide. */
function isOver({ incident, row }: Case): boolean {
  if (incident.state === 'dismissed' || incident.state === 'refuted') return true;
  return row.unit === 0 && !['paying', 'shadow'].includes(incident.state);
}

/** Puts off what waits for the topics of its skip_if, and with it all of its customer's. */
async function keepReady(sql: Sql, remedy: Remedy, cases: readonly Case[]): Promise<Case[]> {
  const waits = cases.some(
    ({ rule, row }) => row.historyMark === null && rule.decision.skips.length > 0,
  );
  if (!waits) return [...cases];
  const clocks = await readTopicClocks(sql);
  const waiting = new Set<string>();
  const notReady: QueueRow[] = [];
  const ready = cases.filter(({ row, rule, incident }) => {
    if (waiting.has(row.customerId)) return false;
    const isReady =
      row.historyMark !== null ||
      areSkipsReady(rule, incident.detectedAtMs, clocks, remedy.topicsOf);
    if (isReady) return true;
    waiting.add(row.customerId);
    notReady.push(row);
    return false;
  });
  await putOff(sql, notReady, NOT_READY_WAIT_MS);
  return ready;
}

async function assessAll(
  sql: Sql,
  { history }: Remedy,
  cases: readonly Case[],
): Promise<{ case: Case; assessment: Assessment }[]> {
  const lookups = await lookUpSkips(
    sql,
    history,
    cases.map(({ scope, rule, row }) => ({
      scope,
      skips: rule.decision.skips,
      clockMs: row.clockMs,
      historyMark: row.historyMark,
    })),
  );
  return cases.map((decided, index) => ({
    case: decided,
    assessment: assessCase(decided, lookups[index] ?? []),
  }));
}

function assessCase(decided: Case, skip: readonly SkipLookup[]): Assessment {
  const { row, incident, rule, scope, customer, percent } = decided;
  if (incident.isRefuted && incident.lane === LIVE_LANE) {
    return { kind: 'end', outcome: 'nothing', reason: 'refuted', why: [{ refuted: true }] };
  }
  if (customer.isBlocked) {
    const why = [{ customer: 'blocked', ok: false }];
    return { kind: 'end', outcome: 'skipped', reason: 'customer blocked', why };
  }
  return assess(
    rule.decision,
    {
      ruleId: rule.id,
      version: incident.ruleVersion,
      customerId: row.customerId,
      atMs: row.atMs,
      event: scope.event,
      vars: scope.vars,
      facts: scope.facts,
      ...(row.units !== null && { units: BigInt(row.units) }),
      ...(customer.currency !== null && { customerCurrency: customer.currency }),
    },
    skip,
    percent,
  );
}

function openCase(
  remedy: Remedy,
  decided: Case,
  assessment: Extract<Assessment, { kind: 'open' }>,
): OpenCase {
  const { row, incident, rule, scope } = decided;
  const { lane } = incident;
  const queries = assessment.limits.map((limit) => ({ ...limit, lane, atMs: row.atMs }));
  const own = queries.flatMap(({ scope: counter, per, subject }) =>
    subject === undefined ? [] : [{ lane, scope: counter, per, subject }],
  );
  const across = remedy.rules.acrossSubjects(rule, lane, scope, row.customerId);
  return { case: decided, assessment, queries, subjects: [...own, ...across] };
}

async function openDesk(
  sql: Sql,
  remedy: Remedy,
  open: readonly OpenCase[],
  mayLook: boolean,
): Promise<DecisionDesk> {
  const counters = await LimitCounters.lock(
    sql,
    open.flatMap(({ subjects }) => subjects),
    open.flatMap(({ queries }) => queries),
  );
  const holds = await OpenHolds.read(sql);
  const { settings } = await readSettings(sql);
  const latestMs = Math.max(0, ...open.map(({ case: decided }) => decided.row.clockMs));
  const wanted = open.flatMap(wantedBy);
  const vouchers = open.flatMap(voucherWant);
  // Pools are locked after budgets everywhere, so who needs one locks both.
  const isShort = mayLook && vouchers.length === 0;
  const looked = isShort ? await lookAtTotals(sql, settings, wanted) : undefined;
  const budgets = looked?.budgets ?? (await Budgets.lock(sql, wanted));
  const pools = await VoucherPools.lock(sql, vouchers);
  const ceilings = looked?.ceilings ?? (await ExitCeilings.lock(sql, settings, wanted));
  const payouts = new Payouts(remedy, budgets, {
    clockMs: latestMs,
    voucherDays: settings.voucher_days,
    pools,
    ceilings,
  });
  const abuse = await AbuseDesk.open(
    sql,
    settings.abuse,
    open
      .filter(({ assessment, case: decided }) => {
        return assessment.money !== null && decided.incident.lane === LIVE_LANE;
      })
      .map(({ case: decided }) => claimOf(decided)),
  );
  return { remedy, counters, budgets, holds, pools, payouts, abuse, settings };
}

function voucherWant({ case: { rule, incident, brand } }: OpenCase): VoucherWant[] {
  if (rule.document.pay.as !== 'voucher' || incident.lane !== LIVE_LANE) return [];
  const template = ruleMessage(rule.document)?.templateId ?? null;
  return [{ brand, template }];
}

function wantedBy({ assessment: { money }, case: { incident, row, brand } }: OpenCase): Wanted[] {
  return money && incident.lane === LIVE_LANE ? [{ brand, money, atMs: row.clockMs }] : [];
}

/** A decision that ended before the limits. */
function endedVerdict(decided: Case, assessment: Assessment): Verdict {
  if (assessment.kind === 'open') throw new Error('an open case has its own conclusion');
  const { outcome, reason, why } = assessment;
  const told = { case: decided, outcome, why: [...why, { [outcome]: reason }] };
  if (reason === 'refuted') return { ...told, outcome: 'refuted', state: 'refuted' };
  switch (outcome) {
    case 'held_out':
      return { ...told, state: 'held_out' };
    case 'undecidable':
      return { ...told, state: 'skipped', undecidable: reason };
    case 'skipped':
    case 'nothing':
      return { ...told, state: 'skipped' };
  }
}
