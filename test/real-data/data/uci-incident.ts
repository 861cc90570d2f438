import { field, type CsvRow } from './csv';
import { inTimeOrder, type RealEvent } from './real-event';
import { readSample } from './samples';

const HOUR_MS = 3_600_000;
const TARGET_MS = 96 * HOUR_MS;

export interface UciIncident {
  readonly number: string;
  /** `made_sla` of the closing row. */
  readonly missedSla: boolean;
  /** The priority it had in the end. */
  readonly lastPriority: number;
  /** The final resolution, where the sample has one; known only afterwards, so in no event. */
  readonly resolvedAtMs: number | undefined;
  readonly openedAtMs: number;
  readonly events: readonly RealEvent[];
}

/** The incidents of the help desk, every row an event at the time it was written. */
export function uciIncidents(): readonly UciIncident[] {
  const rowsByNumber = new Map<string, CsvRow[]>();
  for (const row of readSample('uci-incident/incident_event_log.csv.gz')) {
    const number = field(row, 'number');
    const rows = rowsByNumber.get(number);
    if (rows === undefined) rowsByNumber.set(number, [row]);
    else rows.push(row);
  }
  return [...rowsByNumber].map(([number, rows]) => readIncident(number, rows));
}

export function uciEvents(incidents: readonly UciIncident[]): readonly RealEvent[] {
  return inTimeOrder(incidents.flatMap((incident) => incident.events));
}

function readIncident(number: string, rows: readonly CsvRow[]): UciIncident {
  const first = rows[0];
  const last = rows.at(-1);
  if (first === undefined || last === undefined) throw new Error('an incident without rows');
  const resolvedAt = field(last, 'resolved_at');
  return {
    number,
    missedSla: field(last, 'made_sla') === 'false',
    lastPriority: Number(field(last, 'priority')),
    resolvedAtMs: resolvedAt === '?' ? undefined : minuteMs(resolvedAt),
    openedAtMs: minuteMs(field(first, 'opened_at')),
    events: incidentEvents(number, first, rows),
  };
}

/**
 * Opened, then one event per row: resolved, reopened, another priority while open, or a mere update.
 * `target_at` is 96 hours after opening; a producer knows it from the start.
 */
function incidentEvents(number: string, first: CsvRow, rows: readonly CsvRow[]): RealEvent[] {
  const openedAtMs = minuteMs(field(first, 'opened_at'));
  const event = (type: string, id: string, timeMs: number, priority: number): RealEvent => ({
    specversion: '1.0',
    source: '/servicenow',
    id: `${number}/${id}`,
    type,
    time: new Date(timeMs).toISOString(),
    subject: `incident/${number}`,
    customerid: field(first, 'caller_id'),
    data: { number, priority, target_at: new Date(openedAtMs + TARGET_MS).toISOString() },
  });

  const events = [event('support.case.opened', 'opened', openedAtMs, priorityOf(first))];
  let resolved = false;
  let priority = priorityOf(first);
  let previousMs = openedAtMs;
  for (const row of rows) {
    const isResolved = ['Resolved', 'Closed'].includes(field(row, 'incident_state'));
    const type = typeOf(
      { resolved, priority },
      { resolved: isResolved, priority: priorityOf(row) },
    );
    // The sample's clock has minutes: rows of one minute keep their order by a millisecond each.
    const timeMs = Math.max(minuteMs(field(row, 'sys_updated_at')), previousMs + 1);
    events.push(event(type, `row/${field(row, 'sys_mod_count')}`, timeMs, priorityOf(row)));
    resolved = isResolved;
    priority = priorityOf(row);
    previousMs = timeMs;
  }
  return events;
}

interface CaseState {
  readonly resolved: boolean;
  readonly priority: number;
}

function typeOf(before: CaseState, now: CaseState): string {
  if (now.resolved) return before.resolved ? 'support.case.updated' : 'support.case.resolved';
  if (before.resolved) return 'support.case.reopened';
  return before.priority === now.priority ? 'support.case.updated' : 'support.case.reprioritised';
}

function priorityOf(row: CsvRow): number {
  return Number(field(row, 'priority'));
}

/** `29/2/2016 08:39`, without a zone: taken as UTC throughout, since only differences matter. */
function minuteMs(text: string): number {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{2}):(\d{2})$/.exec(text);
  if (match === null) throw new Error(`no time: ${text}`);
  const [day, month, year, hour, minute] = match.slice(1).map(Number);
  return Date.UTC(year ?? NaN, (month ?? NaN) - 1, day, hour, minute);
}
