import { ruleReferences } from '@amends/contracts';
import {
  compileRule,
  simulateSteps,
  type CalendarDocument,
  type JsonObject,
  type RuleDocument,
  type SimulatedIncident,
} from '@amends/domain';
import type { History } from '../history/history';
import type { Sql } from '../queries/sql';
import { inSlices } from './in-slices';

export interface PlayOptions {
  /** Half-open, event time in epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Of more, only the newest are looked at. */
  readonly eventsMax: number;
  /** After so much work it is given up. */
  readonly playMs: number;
}

export interface Played {
  readonly incidents: readonly SimulatedIncident[];
  readonly eventsRead: number;
  /** False: there were more events. */
  readonly isComplete: boolean;
  /** The time of the first event looked at, epoch ms; null: there was none. */
  readonly firstMs: number | null;
}

/**
 * Plays what history has of a time through a rule, with limits of its own: what it would have done. Undefined: it
 * takes too long.
 */
export async function playHistory(
  sql: Sql,
  history: History,
  document: RuleDocument,
  calendars: ReadonlyMap<string, CalendarDocument>,
  { fromMs, toMs, eventsMax, playMs }: PlayOptions,
): Promise<Played | undefined> {
  const newest = await history.read(sql, {
    types: ruleReferences(document).eventTypes,
    fromMs,
    toMs,
    order: 'desc',
    limit: eventsMax + 1,
  });
  const read = newest.slice(0, eventsMax).reverse();
  const events = read.map(({ body }) => JSON.parse(body) as JsonObject);
  const rule = compileRule(document, { version: 1, calendars });
  const steps = simulateSteps(rule, events, { untilMs: toMs });
  const incidents = await inSlices(steps, { totalMs: playMs });
  if (incidents === undefined) return undefined;
  return {
    incidents,
    eventsRead: events.length,
    isComplete: newest.length <= eventsMax,
    firstMs: read[0]?.timeMs ?? null,
  };
}
