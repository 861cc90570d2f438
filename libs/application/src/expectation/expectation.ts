import { ruleReferences } from '@amends/contracts';
import type { RuleDocument } from '@amends/domain';
import type { History } from '../history/history';
import { oneRow, type Database } from '../queries/sql';
import { checkReferences } from '../rules/check-references';
import { playHistory, type Played } from '../rules/play-history';
import { customerDays, hoursOf, type ExpectedHours } from './expected-hours';

/** What a version would have done in the time before it went live, had it been live for everybody. */
export interface Expectation {
  readonly fromMs: number;
  readonly toMs: number;
  readonly hours: ExpectedHours;
  /** Customers who would have been paid or told, each once a day (UTC); null: not counted. */
  readonly customerDays: number | null;
}

/** What playing needs. */
export interface ExpectationParts {
  readonly database: Database;
  readonly history: History;
  /** Told when a version cannot be played, which stops nobody. */
  readonly onFault: (ruleId: string, error: unknown) => void;
  /** After so many ms of work it is given up; 20 s unless given. */
  readonly playMs?: number;
}

interface Row {
  readonly n: number;
  readonly covers_from: Date;
  readonly covers_to: Date;
  readonly hours: ExpectedHours;
  readonly customer_days: number | null;
}

const DAY_MS = 86_400_000;
/** The first of them are only there for what began in them and ends later. */
const PLAYED_DAYS = 14;
const COVERED_DAYS = 7;
const EVENTS_MAX = 20_000;
const PLAY_MS = 20_000;

/** Nothing is expected where nothing is known. */
const NONE: Expectation = { fromMs: 0, toMs: 0, hours: {}, customerDays: null };

/**
 * The back-test of a live version: history up to its going live is played through it, once, and kept; anew when it
 * went live again, or for others, more than a week later. It covers no more than history does: where nothing was known,
 * or the version cannot be played, nothing is expected.
 */
export async function readExpectation(
  parts: ExpectationParts,
  ruleId: string,
  version: number,
): Promise<Expectation> {
  const kept = await findExpectation(parts.database, ruleId, version);
  if (kept !== undefined) return kept;
  await makeExpectation(parts, ruleId, version);
  return (await findExpectation(parts.database, ruleId, version)) ?? NONE;
}

/** What is kept of it already; undefined: it has yet to be played. */
export async function findExpectation(
  database: Database,
  ruleId: string,
  version: number,
): Promise<Expectation | undefined> {
  const [found] = await findExpectations(database, [{ ruleId, version }]);
  return found;
}

/** The same of several, in the order given. */
export async function findExpectations(
  database: Database,
  wanted: readonly { readonly ruleId: string; readonly version: number }[],
): Promise<(Expectation | undefined)[]> {
  const { rows } = await database.query<Row>(
    `select w.n::int as n, e.covers_from, e.covers_to, e.hours, e.customer_days
     from unnest($1::text[], $2::int[]) with ordinality as w(rule_id, version, n)
     join guardrail_expectation e using (rule_id, version)
     left join rule_rollout o on o.rule_id = e.rule_id and o.live_version = e.version
     where o.live_since is null or o.live_since < e.covers_to + interval '${String(COVERED_DAYS)} days'`,
    [wanted.map(({ ruleId }) => ruleId), wanted.map(({ version }) => version)],
  );
  const found: (Expectation | undefined)[] = wanted.map(() => undefined);
  for (const { n, covers_from: from, covers_to: to, hours, customer_days: customers } of rows) {
    found[n - 1] = { fromMs: from.getTime(), toMs: to.getTime(), hours, customerDays: customers };
  }
  return found;
}

async function makeExpectation(
  { database, history, onFault, playMs }: ExpectationParts,
  ruleId: string,
  version: number,
): Promise<void> {
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
    playMs: playMs ?? PLAY_MS,
  }).catch((error: unknown) => {
    // What is wrong with one rule must not keep anybody from watching the others.
    onFault(ruleId, error);
    return undefined;
  });
  // Whoever has less time than there is leaves it to whoever has more.
  if (played === undefined && playMs !== undefined) return;
  await keep(database, ruleId, version, since, played);
}

async function keep(
  database: Database,
  ruleId: string,
  version: number,
  since: Date,
  played: Played | undefined,
): Promise<void> {
  const toMs = since.getTime();
  const fromMs = Math.max(played?.firstMs ?? toMs, toMs - COVERED_DAYS * DAY_MS);
  const incidents = played?.incidents ?? [];
  await database.query(
    `insert into guardrail_expectation as e
       (rule_id, version, covers_from, covers_to, hours, customer_days)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (rule_id, version) do update set covers_from = excluded.covers_from,
       covers_to = excluded.covers_to, hours = excluded.hours,
       customer_days = excluded.customer_days, made_at = now()
     where e.covers_to < excluded.covers_to`,
    [
      ruleId,
      version,
      new Date(fromMs),
      since,
      JSON.stringify(hoursOf(incidents)),
      customerDays(incidents, fromMs, toMs),
    ],
  );
}
