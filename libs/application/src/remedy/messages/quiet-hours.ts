import type { QuietHours } from '../../settings/settings-document';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/**
 * When a message may go out, by the customer's own clock; undefined: now. Around a change to or from
 * daylight saving time it may be an hour off, and is then looked at again.
 * @param zone IANA name; one that is not known counts as UTC
 */
export function quietUntilMs(
  quiet: QuietHours | null,
  nowMs: number,
  zone: string,
): number | undefined {
  if (quiet === null) return undefined;
  const from = minuteOfDay(quiet.from);
  const to = minuteOfDay(quiet.to);
  if (from === undefined || to === undefined || from === to) return undefined;
  const now = localMinute(nowMs, zone);
  const isQuiet = from < to ? now >= from && now < to : now >= from || now < to;
  if (!isQuiet) return undefined;
  const minutes = (to - now + DAY_MINUTES) % DAY_MINUTES;
  const startOfMinuteMs = nowMs - (nowMs % MINUTE_MS);
  return startOfMinuteMs + minutes * MINUTE_MS;
}

function minuteOfDay(text: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}

function localMinute(nowMs: number, zone: string): number {
  const parts = formatterOf(zone).formatToParts(nowMs);
  const read = (type: string): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  return read('hour') * 60 + read('minute');
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known) return known;
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    formatter = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
  formatters.set(zone, formatter);
  return formatter;
}
