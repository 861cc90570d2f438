import {
  parseMoneyLiteral,
  type CalendarDocument,
  type Money,
  type RuleDocument,
  type SimulatedIncident,
} from '@amends/domain';
import type { History } from '../history/history';
import type { Sql } from '../queries/sql';
import { playHistory } from './play-history';

/** What a rule would have done lately; it ignores limits shared with other rules. */
export interface BlastRadius {
  readonly fromMs: number;
  readonly toMs: number;
  readonly eventsRead: number;
  /** False: there were more events than are looked at here, and only the newest were. */
  readonly isComplete: boolean;
  readonly incidents: number;
  readonly customers: number;
  readonly reviews: number;
  readonly money: readonly Money[];
}

const SPAN_MS = 7 * 86_400_000;
const EVENTS_MAX = 10_000;
const PLAY_MS = 10_000;

/**
 * Plays the last seven days through a rule. For a look while writing; a back-test is exact.
 * Undefined: it takes too long.
 */
export async function blastRadius(
  sql: Sql,
  history: History,
  document: RuleDocument,
  calendars: ReadonlyMap<string, CalendarDocument>,
  nowMs: number,
): Promise<BlastRadius | undefined> {
  const fromMs = nowMs - SPAN_MS;
  const limits = { fromMs, toMs: nowMs, eventsMax: EVENTS_MAX, playMs: PLAY_MS };
  const played = await playHistory(sql, history, document, calendars, limits);
  if (played === undefined) return undefined;
  const { incidents, eventsRead, isComplete } = played;
  const payments = incidents.flatMap((incident) => incident.payments);
  return {
    fromMs,
    toMs: nowMs,
    eventsRead,
    isComplete,
    incidents: incidents.length,
    customers: new Set(incidents.map(({ customer }) => customer)).size,
    reviews: payments.filter(({ outcome }) => outcome === 'review').length,
    money: sumsOf(incidents),
  };
}

function sumsOf(incidents: readonly SimulatedIncident[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const { outcome, amount } of incidents.flatMap(({ payments }) => payments)) {
    const literal = amount === undefined ? undefined : parseMoneyLiteral(amount);
    if (outcome !== 'paid' || literal?.ok !== true) continue;
    const { minor, currency } = literal.money;
    sums.set(currency, (sums.get(currency) ?? 0n) + minor);
  }
  return [...sums].sort().map(([currency, minor]) => ({ minor, currency }));
}
