import { ruleReferences } from '@amends/contracts';
import type { RuleDocument } from '@amends/domain';
import { checkReferences } from '../../rules/check-references';
import { playHistory } from '../../rules/play-history';
import { oneRow } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { hoursOf, type ExpectedHours } from './expected-hours';

/** What a version would have done in the time before it went live. */
export interface Expectation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly hours: ExpectedHours;
}

interface Row {
  readonly covers_from: Date;
  readonly covers_to: Date;
  readonly hours: ExpectedHours;
}

const DAY_MS = 86_400_000;
/** The first of them are only there for what began in them and ends later. */
const PLAYED_DAYS = 14;
const COVERED_DAYS = 7;
const EVENTS_MAX = 20_000;
const PLAY_MS = 20_000;

/**
 * The back-test of a version as guardrails need it: history up to its going live is played through it, once, and
 * kept. It covers no more than history does: where nothing was known, or the version cannot be played, nothing is
 * expected.
 */
export async function readExpectation(
  remedy: Remedy,
  ruleId: string,
  version: number,
): Promise<Expectation> {
  const select = () =>
    oneRow<Row>(
      remedy.database,
      `select covers_from, covers_to, hours from guardrail_expectation
       where rule_id = $1 and version = $2`,
      [ruleId, version],
    );
  let row = await select();
  if (row === undefined) {
    await makeExpectation(remedy, ruleId, version);
    row = await select();
  }
  if (row === undefined) return { fromMs: 0, toMs: 0, hours: {} };
  const { covers_from: from, covers_to: to, hours } = row;
  return { fromMs: from.getTime(), toMs: to.getTime(), hours };
}

async function makeExpectation(remedy: Remedy, ruleId: string, version: number): Promise<void> {
  const { database, history, observer } = remedy;
  const stored = await oneRow<{ document: RuleDocument; since: Date }>(
    database,
    `select v.document, o.live_since as since from rule_version v
     join rule_rollout o on o.rule_id = v.rule_id and o.live_version = v.version
     where v.rule_id = $1 and v.version = $2`,
    [ruleId, version],
  );
  if (stored === undefined) return;
  const { document, since } = stored;
  const toMs = since.getTime();
  const { calendars } = await checkReferences(database, ruleReferences(document));
  const played = await playHistory(database, history, document, calendars, {
    fromMs: toMs - PLAYED_DAYS * DAY_MS,
    toMs,
    eventsMax: EVENTS_MAX,
    playMs: PLAY_MS,
  }).catch((error: unknown) => {
    // What is wrong with one rule must not keep anybody from watching the others.
    observer.warn('a rule could not be played for its guardrails', { ruleId, error });
    return undefined;
  });
  const firstMs = played?.firstMs ?? toMs;
  const fromMs = Math.max(firstMs, toMs - COVERED_DAYS * DAY_MS);
  await database.query(
    `insert into guardrail_expectation (rule_id, version, covers_from, covers_to, hours)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [ruleId, version, new Date(fromMs), since, JSON.stringify(hoursOf(played?.incidents ?? []))],
  );
}
