import {
  findExpectations,
  readExpectation,
  type Expectation,
  type ExpectationParts,
} from '../../expectation/expectation';
import { expectedHour } from '../../expectation/expected-hours';
import type { Database } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { addHours, type HourOfPayouts } from './judge-guardrails';
import { readPayoutHours, type PayoutHour } from './payout-hours';

/** What the last hour is compared with. */
export interface Comparison {
  readonly now: HourOfPayouts;
  readonly usual: readonly HourOfPayouts[];
  /** `history`: partly what versions would have done before they went live. */
  readonly by: 'weeks' | 'days' | 'history';
}

export interface LiveRule {
  readonly ruleId: string;
  readonly version: number;
  readonly percent: number;
}

interface YoungRule extends LiveRule {
  readonly sinceMs: number;
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** So many rules are played for the account in one turn; the others have theirs in the next ones. */
const PLAYED_AT_ONCE = 4;

/**
 * The last hour of a rule, and the same hour of earlier weeks. While the rule is younger than a week, of earlier days:
 * those before it went live are played from history, which is what a back-test says of them.
 */
export async function compareRule(
  remedy: Remedy,
  live: LiveRule,
  zone: string,
): Promise<Comparison> {
  const { now, before } = await readPayoutHours(remedy.database, { ruleId: live.ruleId, zone });
  const weeks = before.filter(isKnownWeek);
  if (weeks.length > 0) return { now, usual: weeks, by: 'weeks' };
  const expectation = await readExpectation(partsOf(remedy), live.ruleId, live.version);
  const played = before
    .filter(({ ago, isKnown, untilMs }) => ago <= 7 && !isKnown && untilMs <= expectation.toMs)
    .flatMap(({ untilMs }) => expectedOf(expectation, live.percent, untilMs) ?? []);
  const known = before.filter(({ isKnown }) => isKnown);
  return { now, usual: [...known, ...played], by: played.length > 0 ? 'history' : 'days' };
}

/**
 * The same of all rules together. What a rule that is live now would have done in an hour before it went live counts in
 * that hour, so that a rule which is added storms no account. While there are no weeks, days on which nothing was live
 * are told from history alone, if it knows all the rules; and what people give by hand is then left out.
 */
export async function compareAccount(remedy: Remedy, zone: string): Promise<Comparison> {
  const { database } = remedy;
  const { now, before } = await readPayoutHours(database, { ruleId: null, zone });
  const rules = await readExpectations(remedy, (before.at(-1)?.untilMs ?? 0) - HOUR_MS);
  const weeks = before.filter(isKnownWeek);
  if (weeks.length > 0) {
    const usual = weeks.map((hour) => addHours([hour, ...missingFrom(hour, rules)]));
    const isPlayed = weeks.some((hour) => missingFrom(hour, rules).length > 0);
    return { now, usual, by: isPlayed ? 'history' : 'weeks' };
  }
  const ofRules = await readPayoutHours(database, { ruleId: null, zone, isByRules: true });
  const isAllKnown =
    rules.length > 0 && rules.every(({ expectation }) => expectation !== undefined);
  const days = ofRules.before.filter(({ ago }) => ago <= 7);
  const played = days.flatMap((hour) => {
    const missing = missingFrom(hour, rules);
    if (hour.isKnown) return missing.length > 0 ? [addHours([hour, ...missing])] : [];
    return isAllKnown && missing.length === rules.length ? [addHours(missing)] : [];
  });
  if (played.length === 0) {
    return { now, usual: before.filter(({ isKnown }) => isKnown), by: 'days' };
  }
  const known = days.filter((hour) => hour.isKnown && missingFrom(hour, rules).length === 0);
  return { now: ofRules.now, usual: [...known, ...played], by: 'history' };
}

function isKnownWeek({ ago, isKnown }: PayoutHour): boolean {
  return isKnown && ago % 7 === 0;
}

type Expected = YoungRule & { readonly expectation: Expectation | undefined };

/** What the rules would have done in an hour that were not live all through it yet. */
function missingFrom({ untilMs }: PayoutHour, rules: readonly Expected[]): HourOfPayouts[] {
  return rules.flatMap(({ sinceMs, expectation, percent }) => {
    if (expectation === undefined || sinceMs <= untilMs - HOUR_MS) return [];
    return expectedOf(expectation, percent, untilMs) ?? [];
  });
}

/** The hour of the week that is covered which is the same as the one that ends at an instant; undefined: it is not. */
function expectedOf(
  { fromMs, toMs, hours }: Expectation,
  percent: number,
  untilMs: number,
): HourOfPayouts | undefined {
  const endMs = untilMs - Math.ceil((untilMs - toMs) / WEEK_MS) * WEEK_MS;
  // A whole week is covered where more than that was played: then the hour before its begin is known as well.
  const isCovered = endMs - HOUR_MS >= fromMs || toMs - fromMs >= WEEK_MS;
  return isCovered ? expectedHour(hours, endMs, percent) : undefined;
}

/** Of all rules that are live and were not yet at an instant. */
async function readExpectations(remedy: Remedy, beforeMs: number): Promise<Expected[]> {
  const { database } = remedy;
  const expected: Expected[] = [];
  let plays = PLAYED_AT_ONCE;
  const rules = await readYoungRules(database, beforeMs);
  const found = await findExpectations(database, rules);
  for (const [index, rule] of rules.entries()) {
    const { ruleId, version } = rule;
    let expectation = found[index];
    if (expectation === undefined && plays > 0) {
      plays -= 1;
      expectation = await readExpectation(partsOf(remedy), ruleId, version);
    }
    const isCovered = expectation !== undefined && expectation.fromMs < expectation.toMs;
    expected.push({ ...rule, expectation: isCovered ? expectation : undefined });
  }
  return expected;
}

async function readYoungRules(database: Database, beforeMs: number): Promise<YoungRule[]> {
  const { rows } = await database.query<LiveRule & { since: Date }>(
    `select o.rule_id as "ruleId", o.live_version as version,
       coalesce(o.live_percent, 100) as percent, r.since
     from rule_rollout o join lateral (
       select min(since) as since from rule_run where rule_id = o.rule_id and lane = 0) r on true
     where o.live_version is not null and r.since > $1 order by o.rule_id`,
    [new Date(beforeMs)],
  );
  return rows.map(({ since, ...rule }) => ({ ...rule, sinceMs: since.getTime() }));
}

function partsOf({ database, history, observer }: Remedy): ExpectationParts {
  const onFault = (ruleId: string, error: unknown): void => {
    observer.warn('a rule could not be played for its guardrails', { ruleId, error });
  };
  return { database, history, onFault };
}
