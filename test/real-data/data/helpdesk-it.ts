import { field, type CsvRow } from './csv';
import { inTimeOrder, type RealEvent } from './real-event';
import { readSample } from './samples';

const DAY_MS = 86_400_000;

export interface HelpdeskTicket {
  readonly ticketId: string;
  /** First event to first "Take in charge ticket", ms; absent if nobody ever took it. */
  readonly waitMs: number | undefined;
  readonly events: readonly RealEvent[];
}

/**
 * The tickets of the help desk. Every row is an event; the first of a ticket is, besides, its opening.
 * The sample repeats 28 rows exactly: they get the same event id, and so are real duplicates.
 */
export function helpdeskTickets(): readonly HelpdeskTicket[] {
  const rowsByTicket = new Map<string, CsvRow[]>();
  for (const row of readSample('helpdesk-it/helpdesk.csv')) {
    const ticketId = field(row, 'Case ID');
    const rows = rowsByTicket.get(ticketId);
    if (rows === undefined) rowsByTicket.set(ticketId, [row]);
    else rows.push(row);
  }
  return [...rowsByTicket].map(([ticketId, rows]) => readTicket(ticketId, rows));
}

export function helpdeskEvents(tickets: readonly HelpdeskTicket[]): readonly RealEvent[] {
  return inTimeOrder(tickets.flatMap((ticket) => ticket.events));
}

/** Taken in charge, but more than a day after the ticket came in. */
export function isTakenLate({ waitMs }: HelpdeskTicket): boolean {
  return waitMs !== undefined && waitMs > DAY_MS;
}

function readTicket(ticketId: string, rows: readonly CsvRow[]): HelpdeskTicket {
  const first = rows[0];
  if (first === undefined) throw new Error('a ticket without rows');
  const openedAtMs = Math.min(...rows.map(timeMs));
  const taken = rows.filter((row) => field(row, 'Activity') === 'Take in charge ticket');
  const event = (type: string, id: string, atMs: number): RealEvent => ({
    specversion: '1.0',
    source: '/helpdesk',
    id: `${ticketId}/${id}`,
    type,
    time: new Date(atMs).toISOString(),
    subject: `ticket/${ticketId}`,
    customerid: field(first, 'customer'),
    data: { ticket_id: ticketId },
  });
  return {
    ticketId,
    waitMs: taken.length === 0 ? undefined : Math.min(...taken.map(timeMs)) - openedAtMs,
    events: [
      event('support.ticket.opened', 'opened', openedAtMs),
      ...rows.map((row) => event(typeOf(row), Object.values(row).slice(1).join('/'), timeMs(row))),
    ],
  };
}

/** `Take in charge ticket` becomes `support.ticket.take_in_charge_ticket`. */
function typeOf(row: CsvRow): string {
  return `support.ticket.${field(row, 'Activity').toLowerCase().replaceAll(' ', '_')}`;
}

/** `2012/04/03 08:55:38.000`, without a zone: taken as UTC throughout. */
function timeMs(row: CsvRow): number {
  const text = field(row, 'Complete Timestamp');
  const ms = Date.parse(`${text.replaceAll('/', '-').replace(' ', 'T')}Z`);
  if (Number.isNaN(ms)) throw new Error(`no time: ${text}`);
  return ms;
}
