const PATTERN = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A hundred years: longer spans are slips of the pen, and would leave the range of dates. */
const MAX_DURATION_MS = 36_525 * DAY_MS;

/** A duration by its units as written; on a calendar, days are counted apart from the rest. */
export interface DurationParts {
  readonly days: number;
  /** Hours, minutes and seconds together, in milliseconds. */
  readonly restMs: number;
}

/** Milliseconds of `1d12h`, `90s`, …: units d h m s, each at most once, in this order. */
export function parseDuration(text: string): number | undefined {
  const parts = parseDurationParts(text);
  return parts && parts.days * DAY_MS + parts.restMs;
}

export function parseDurationParts(text: string): DurationParts | undefined {
  const match = text === '' ? null : PATTERN.exec(text);
  if (!match) return undefined;
  const count = (group: number): number => Number(match[group] ?? 0);
  const days = count(1);
  const restMs = count(2) * HOUR_MS + count(3) * MINUTE_MS + count(4) * SECOND_MS;
  return days * DAY_MS + restMs <= MAX_DURATION_MS ? { days, restMs } : undefined;
}

/** The shortest way to write whole seconds: `1d12h`, `0s`; fractions of a second are dropped. */
export function formatDuration(durationMs: number): string {
  let rest = Math.floor(durationMs / SECOND_MS);
  let text = '';
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) text += `${count}${unit}`;
  }
  return text || '0s';
}
