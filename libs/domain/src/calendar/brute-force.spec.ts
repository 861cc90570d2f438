import fc from 'fast-check';
import type { CalendarDocument } from '../rule-document';
import { compileCalendar } from './compile-calendar';

/**
 * The calendar against a walk, minute by minute, over what clocks and calendars on the wall show.
 * The weeks hold a change of clocks where the zone has one: at night, at midnight (Havana), by half
 * an hour (Lord Howe).
 */
const MINUTE_MS = 60_000;
const WEEKS: [zone: string, from: string][] = [
  ['Europe/London', '2026-03-16T00:00Z'],
  ['Europe/London', '2026-10-12T00:00Z'],
  ['America/New_York', '2026-02-23T00:00Z'],
  ['America/Havana', '2026-02-23T00:00Z'],
  ['Australia/Lord_Howe', '2026-03-23T00:00Z'],
  ['Asia/Shanghai', '2026-02-09T00:00Z'],
];
const WALK_MINUTES = 50 * 1440;
const START_MINUTES = 14 * 1440;

interface WallMinute {
  readonly date: string;
  readonly weekday: number;
  readonly time: string;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function wall(zone: string, fromMs: number): WallMinute[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return Array.from({ length: WALK_MINUTES }, (_, minute) => {
    const shown = format.formatToParts(fromMs + minute * MINUTE_MS);
    const part = Object.fromEntries(shown.map(({ type, value }) => [type, value]));
    return {
      date: `${part['year']}-${part['month']}-${part['day']}`,
      weekday: weekdays.indexOf(part['weekday'] ?? '') + 1,
      time: `${part['hour']}:${part['minute']}`,
    };
  });
}

function isOpen(doc: CalendarDocument, minute: WallMinute): boolean {
  if (!doc.working_days.includes(minute.weekday) || doc.holidays.includes(minute.date))
    return false;
  return !doc.hours || (minute.time >= doc.hours.from && minute.time < doc.hours.to);
}

/** The first minute before which so many minutes were open, from a minute on. */
function walk(open: boolean[], from: number, count: number): number {
  let left = count;
  for (let minute = from; minute < open.length; minute += 1) {
    if (open[minute]) left -= 1;
    if (left === 0) return minute + 1;
  }
  throw new Error('the walk is too short');
}

const holiday = fc.integer({ min: 0, max: 27 });
const hours = fc.constantFrom(
  undefined,
  { from: '09:00', to: '17:00' },
  { from: '08:30', to: '12:15' },
);

describe.each(WEEKS)('calendar in %s from %s, against a walk by minutes', (zone, from) => {
  const fromMs = Date.parse(from);
  const minutes = wall(zone, fromMs);
  const start = fc.integer({ min: 0, max: START_MINUTES });
  const calendar: fc.Arbitrary<CalendarDocument> = fc
    .record({
      working_days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 3 }),
      days: fc.array(holiday, { maxLength: 3 }),
      hours,
    })
    .map(({ working_days, days, hours: open }) => ({
      time_zone: zone,
      working_days,
      holidays: days.map((day) => minutes[day * 1440]?.date ?? ''),
      ...(open ? { hours: open } : {}),
    }));

  it('working minutes pass as on the clock on the wall', () => {
    fc.assert(
      fc.property(calendar, start, fc.integer({ min: 1, max: 1_400 }), (one, at, count) => {
        const open = minutes.map((minute) => isOpen(one, minute));
        const end = compileCalendar(one).add(fromMs + at * MINUTE_MS, `${count}m`);
        expect((end - fromMs) / MINUTE_MS).toBe(walk(open, at, count));
      }),
      { numRuns: 20 },
    );
  });

  it('a day of a calendar with hours is as long as they are', () => {
    fc.assert(
      fc.property(calendar, start, fc.integer({ min: 1, max: 4 }), (one, at, days) => {
        if (!one.hours) return;
        const length = one.hours.from === '09:00' ? 480 : 225;
        const open = minutes.map((minute) => isOpen(one, minute));
        const end = compileCalendar(one).add(fromMs + at * MINUTE_MS, `${days}d`);
        expect((end - fromMs) / MINUTE_MS).toBe(walk(open, at, days * length));
      }),
      { numRuns: 20 },
    );
  });

  it('whole days end with the last instant of the Nth working day after the start’s own', () => {
    fc.assert(
      fc.property(calendar, start, fc.integer({ min: 1, max: 4 }), (one, at, days) => {
        if (one.hours) return;
        const own = minutes[at]?.date ?? '';
        const later = minutes.filter((minute) => minute.date > own && isOpen(one, minute));
        const date = [...new Set(later.map((minute) => minute.date))][days - 1] ?? '';
        const last = minutes.findLastIndex((minute) => minute.date === date);
        const end = compileCalendar(one).add(fromMs + at * MINUTE_MS, `${days}d`);
        expect(end).toBe(fromMs + (last + 1) * MINUTE_MS - 1);
      }),
      { numRuns: 20 },
    );
  });
});
