import { DateTime } from 'luxon';
import type { RawRule } from './model';
import type { Span } from './span';

/** The instant that lies a duration after another, counted in a calendar's working time. */
export function addWorkingTime(fromMs: number, span: Span, calendar: RawRule): number {
  if (calendar.hours) {
    const length = clockMs(calendar.hours.to) - clockMs(calendar.hours.from);
    return walk(fromMs, span.days * length + span.restMs, calendar);
  }
  return walk(endOfFullDay(fromMs, span.days, calendar), span.restMs, calendar);
}

/** The last instant of the nth full working day after the start's own day. */
function endOfFullDay(fromMs: number, days: number, calendar: RawRule): number {
  if (days === 0) return fromMs;
  let day = dayOf(fromMs, calendar);
  for (let counted = 0; counted < days;) {
    day = day.plus({ days: 1 });
    if (isWorkingDay(day, calendar)) counted += 1;
  }
  return day.endOf('day').toMillis();
}

/** The first instant by which so much working time has gone by. */
function walk(fromMs: number, lengthMs: number, calendar: RawRule): number {
  let left = lengthMs;
  for (let day = dayOf(fromMs, calendar); left > 0; day = day.plus({ days: 1 })) {
    if (!isWorkingDay(day, calendar)) continue;
    const open = Math.max(fromMs, opening(day, calendar));
    const close = closing(day, calendar);
    if (close <= open) continue;
    if (left <= close - open) return open + left;
    left -= close - open;
  }
  return fromMs;
}

function dayOf(ms: number, calendar: RawRule): DateTime {
  return DateTime.fromMillis(ms, { zone: calendar.time_zone }).startOf('day');
}

function isWorkingDay(day: DateTime, calendar: RawRule): boolean {
  const holidays: string[] = calendar.holidays ?? [];
  return calendar.working_days.includes(day.weekday) && !holidays.includes(day.toISODate() ?? '');
}

function opening(day: DateTime, calendar: RawRule): number {
  return calendar.hours ? at(day, calendar.hours.from) : day.toMillis();
}

function closing(day: DateTime, calendar: RawRule): number {
  return calendar.hours ? at(day, calendar.hours.to) : day.plus({ days: 1 }).toMillis();
}

function at(day: DateTime, clock: string): number {
  const [hour, minute] = clock.split(':').map(Number);
  return day.set({ hour: hour ?? 0, minute: minute ?? 0 }).toMillis();
}

function clockMs(clock: string): number {
  const [hour, minute] = clock.split(':').map(Number);
  return ((hour ?? 0) * 60 + (minute ?? 0)) * 60_000;
}
