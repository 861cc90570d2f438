import { nearest, type NamedElsewhere } from '@amends/contracts';
import { parseDuration, type CalendarDocument } from '@amends/domain';
import type { RefusalItem } from '../access/refusal';
import type { Sql } from '../queries/sql';
import { readSettings } from '../settings/read-settings';

/** What a rule names outside of its document. */
export interface CheckedReferences {
  /** Something that does not exist, or history that is not kept for so long. */
  readonly problems: RefusalItem[];
  readonly calendars: ReadonlyMap<string, CalendarDocument>;
}

/** Looks up the calendar, template and retention that a rule relies on. */
export async function checkReferences(sql: Sql, named: NamedElsewhere): Promise<CheckedReferences> {
  const calendars = await readCalendars(sql, named.calendars);
  const problems = [
    ...(await missing(
      sql,
      named.calendars,
      'select id from calendar',
      unknown('/detect/calendar', 'unknown_calendar', 'calendar', '日历'),
    )),
    ...(await missing(
      sql,
      named.templates,
      'select id from template',
      unknown('/message/template', 'unknown_template', 'template', '模板'),
    )),
  ];
  const { settings } = await readSettings(sql);
  const keptMs = parseDuration(settings.retention) ?? Number.POSITIVE_INFINITY;
  for (const { pointer, over, overMs } of named.lookBacks) {
    if (overMs <= keptMs) continue;
    problems.push({
      pointer,
      code: 'beyond_retention',
      message: {
        en: `Events are kept for ${settings.retention}, so ${over} cannot be looked back`,
        zh: `事件只保留 ${settings.retention}，无法回溯 ${over}`,
      },
    });
  }
  return { problems, calendars };
}

async function readCalendars(sql: Sql, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, CalendarDocument>();
  const { rows } = await sql.query<{ id: string; document: CalendarDocument }>(
    `select c.id, v.document from calendar c
     join calendar_version v on v.calendar_id = c.id and v.version = c.latest_version
     where c.id = any($1)`,
    [ids],
  );
  return new Map(rows.map(({ id, document }) => [id, document]));
}

/** What is not among the ids that there are, with the one that was probably meant. */
async function missing(
  sql: Sql,
  wanted: readonly string[],
  select: string,
  problemOf: (id: string, near: string | undefined) => RefusalItem,
): Promise<RefusalItem[]> {
  if (wanted.length === 0) return [];
  const { rows } = await sql.query<{ id: string }>(select);
  const known = rows.map(({ id }) => id);
  return wanted.filter((id) => !known.includes(id)).map((id) => problemOf(id, nearest(id, known)));
}

function unknown(pointer: string, code: string, en: string, zh: string) {
  return (id: string, near: string | undefined): RefusalItem => ({
    pointer,
    code,
    message: { en: `There is no ${en} "${id}"`, zh: `没有${zh}“${id}”` },
    ...(near === undefined
      ? {}
      : { hint: { en: `Did you mean ${near}?`, zh: `是否指 ${near}？` } }),
  });
}
