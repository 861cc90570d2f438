import type { CalendarDocument } from '../rule-document';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDurationParts } from '../values/duration';
import { readDay } from '../values/instant';
import { type Zone, findZone } from '../values/zone';
import { instantOnDay, localDayOf, weekdayOf } from './local-days';

/** Working time: durations run only while it does. */
export interface Calendar {
  /**
   * The instant (epoch ms) at which a duration of working time that begins at `fromMs` has passed.
   */
  readonly add: (fromMs: number, duration: string) => number;
  /** Is this instant working time? */
  readonly isOpen: (instantMs: number) => boolean;
}

/** Working hours of a day, as times of day; a whole day without `hours`. */
interface Hours {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

const TIME_OF_DAY = /^([01]\d|2[0-4]):([0-5]\d)$/;
const MAX_CACHED_SPANS = 2_000;

/**
 * Compiles a validated calendar; a plain Error for one that is not (no such zone, no working day,
 * hours that end before they begin).
 */
export function compileCalendar(doc: CalendarDocument): Calendar {
  const zone = findZone(doc.time_zone);
  if (!zone) throw new Error(`unknown time zone ${doc.time_zone}`);
  const hours = doc.hours ? readHours(doc.hours) : undefined;
  const isWorkingDay = workingDays(doc);
  const spanOf = cachedSpans(zone, hours ?? { fromMs: 0, toMs: DAY_MS });
  const addTime = (fromMs: number, workingMs: number): number =>
    addWorkingTime({ zone, isWorkingDay, spanOf }, fromMs, workingMs);
  return {
    add: (fromMs, duration) => {
      const parts = parseDurationParts(duration);
      if (!parts) throw new Error(`not a duration: ${duration}`);
      if (hours) {
        return addTime(fromMs, parts.days * (hours.toMs - hours.fromMs) + parts.restMs);
      }
      const afterDaysMs =
        parts.days === 0 ? fromMs : endOfFullDay(zone, isWorkingDay, fromMs, parts.days);
      return addTime(afterDaysMs, parts.restMs);
    },
    isOpen: (instantMs) => {
      const day = localDayOf(zone, instantMs);
      const span = spanOf(day);
      return isWorkingDay(day) && instantMs >= span.startMs && instantMs < span.endMs;
    },
  };
}

/**
 * The last instant (its last millisecond) of the Nth full working day after the day of `fromMs`.
 */
function endOfFullDay(
  zone: Zone,
  isWorkingDay: (day: number) => boolean,
  fromMs: number,
  count: number,
): number {
  let day = localDayOf(zone, fromMs);
  for (let left = count; left > 0;) {
    day += 1;
    if (isWorkingDay(day)) left -= 1;
  }
  return instantOnDay(zone, day + 1, 0) - 1;
}

interface WorkingTime {
  readonly zone: Zone;
  readonly isWorkingDay: (day: number) => boolean;
  readonly spanOf: (day: number) => Span;
}

function addWorkingTime(time: WorkingTime, fromMs: number, workingMs: number): number {
  if (workingMs === 0) return fromMs;
  let leftMs = workingMs;
  for (let day = localDayOf(time.zone, fromMs); ; day += 1) {
    if (!time.isWorkingDay(day)) continue;
    const span = time.spanOf(day);
    const startMs = Math.max(span.startMs, fromMs);
    const openMs = Math.max(span.endMs - startMs, 0);
    if (leftMs <= openMs) return startMs + leftMs;
    leftMs -= openMs;
  }
}

function workingDays(doc: CalendarDocument): (day: number) => boolean {
  const weekdays = new Set(doc.working_days.filter((weekday) => weekday >= 1 && weekday <= 7));
  if (weekdays.size === 0) throw new Error('a calendar without working days');
  const holidays = new Set(
    doc.holidays.map((date) => {
      const day = date.length === 10 ? readDay(date) : undefined;
      if (day === undefined) throw new Error(`not a date: ${date}`);
      return day;
    }),
  );
  return (day) => weekdays.has(weekdayOf(day)) && !holidays.has(day);
}

function readHours(hours: { readonly from: string; readonly to: string }): Hours {
  const [fromMs, toMs] = [readTimeOfDay(hours.from), readTimeOfDay(hours.to)];
  if (fromMs >= toMs) throw new Error('working hours that end before they begin');
  return { fromMs, toMs };
}

function readTimeOfDay(text: string): number {
  const match = TIME_OF_DAY.exec(text);
  const ms = match ? Number(match[1]) * HOUR_MS + Number(match[2]) * MINUTE_MS : Number.NaN;
  if (!(ms <= DAY_MS)) throw new Error(`not a time of day: ${text}`);
  return ms;
}

/** Working hours of a local day as instants; few days are asked for again and again. */
function cachedSpans(zone: Zone, hours: Hours): (day: number) => Span {
  const spans = new Map<number, Span>();
  return (day) => {
    const known = spans.get(day);
    if (known) return known;
    if (spans.size >= MAX_CACHED_SPANS) spans.clear();
    const startMs = instantOnDay(zone, day, hours.fromMs);
    const endMs = Math.max(instantOnDay(zone, day, hours.toMs), startMs);
    const span = { startMs, endMs };
    spans.set(day, span);
    return span;
  };
}
