import { ruleReferences } from '@amends/contracts';
import { parseDuration, type CalendarDocument, type RuleDocument } from '@amends/domain';
import type { RefusalItem } from '../access/refusal';
import type { Sql } from '../queries/sql';
import { readSettings } from '../settings/read-settings';

/** What a rule names outside of its document. */
export interface CheckedReferences {
  /** Something that does not exist, or history that is not kept for so long. */
  readonly problems: readonly RefusalItem[];
  readonly calendars: ReadonlyMap<string, CalendarDocument>;
}

/** Looks up the calendar, template and retention that a rule relies on. */
export async function checkReferences(
  sql: Sql,
  document: RuleDocument,
): Promise<CheckedReferences> {
  const references = ruleReferences(document);
  const calendars = await readCalendars(sql, references.calendars);
  const templates = await existing(sql, references.templates);
  const problems = [
    ...references.calendars
      .filter((id) => !calendars.has(id))
      .map((id) => unknown('/detect/calendar', 'unknown_calendar', id, 'calendar', '日历')),
    ...references.templates
      .filter((id) => !templates.has(id))
      .map((id) => unknown('/message/template', 'unknown_template', id, 'template', '模板')),
  ];
  const { settings } = await readSettings(sql);
  const keptMs = parseDuration(settings.retention) ?? Number.POSITIVE_INFINITY;
  const { longestOver } = references;
  if (longestOver !== undefined && longestOver.overMs > keptMs) {
    problems.push({
      pointer: longestOver.pointer,
      code: 'beyond_retention',
      message: {
        en: `Events are kept for ${settings.retention}, so ${longestOver.over} cannot be looked back`,
        zh: `事件只保留 ${settings.retention}，无法回溯 ${longestOver.over}`,
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

async function existing(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>('select id from template where id = any($1)', [
    ids,
  ]);
  return new Set(rows.map(({ id }) => id));
}

function unknown(pointer: string, code: string, id: string, en: string, zh: string): RefusalItem {
  return {
    pointer,
    code,
    message: { en: `There is no ${en} "${id}"`, zh: `没有${zh}“${id}”` },
  };
}
