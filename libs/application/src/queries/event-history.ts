import { parseInstant } from '@amends/domain';
import { Refusal } from '../access/refusal';
import type { History, HistoryEvent, HistoryFilter, HistoryPlace } from '../history/history';
import type { Page, PageMark, PageRequest } from './page';
import type { Sql } from './sql';

/** A page of the events that were read, by event time. */
export async function readEventHistory(
  sql: Sql,
  history: History,
  filter: HistoryFilter,
  { limit, order, after, isCounted }: PageRequest,
): Promise<Page<HistoryEvent>> {
  const estimatedTotal = isCounted ? await history.estimate(sql, filter) : undefined;
  const place = after === undefined ? undefined : placeOf(after);
  const found = await history.read(sql, { ...filter, order, after: place, limit: limit + 1 });
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, next: last === undefined ? undefined : markOf(last), estimatedTotal };
}

function markOf({ timeMs, seq }: HistoryPlace): PageMark {
  return { at: new Date(timeMs).toISOString(), id: String(seq) };
}

/** A mark comes back from outside: what does not fit is not one of ours. */
function placeOf({ at, id }: PageMark): HistoryPlace {
  const timeMs = parseInstant(at);
  if (timeMs === undefined || !/^\d{1,18}$/.test(id)) throw new Refusal('invalid_cursor');
  return { timeMs, seq: BigInt(id) };
}
