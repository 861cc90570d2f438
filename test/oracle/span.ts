/** A duration as written: whole days apart, since on a calendar they are no 24 hours. */
export interface Span {
  days: number;
  restMs: number;
}

export const DAY_MS = 86_400_000;
const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };

/** `15m`, `24h`, `2d`, `1d12h`, `90s`; undefined when the text is no duration. */
export function spanOf(text: unknown): Span | undefined {
  if (typeof text !== 'string' || !/^(\d+[dhms])+$/.test(text)) return undefined;
  const span: Span = { days: 0, restMs: 0 };
  for (const [, digits, unit] of text.matchAll(/(\d+)([dhms])/g)) {
    if (unit === 'd') span.days += Number(digits);
    else span.restMs += Number(digits) * (unitMs[unit ?? ''] ?? 0);
  }
  return span;
}

/** Its length in plain time. */
export function plainMs(text: unknown): number {
  const span = spanOf(text);
  if (!span) throw new Error(`not a duration: ${String(text)}`);
  return span.days * DAY_MS + span.restMs;
}
