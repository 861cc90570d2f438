/** 0001-01-01T00:00:00Z */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Epoch milliseconds as a text for `timestamptz`, exact (a float is not, far from 1970). Instants that
 * PostgreSQL could not read back as four-digit years are moved to the nearest one that it can.
 */
export function pgTime(atMs: number): string;
export function pgTime(atMs: number | null): string | null;
export function pgTime(atMs: number | null): string | null {
  if (atMs === null) return null;
  return new Date(clampToPg(atMs)).toISOString();
}

/** The nearest instant that PostgreSQL reads back as a four-digit year. */
export function clampToPg(atMs: number): number {
  return Math.min(Math.max(atMs, FIRST_MS), LAST_MS);
}

/** SQL for epoch milliseconds of a `timestamptz`, as a double; fractions are cut off. */
export function epochMs(column: string): string {
  return `floor(extract(epoch from ${column}) * 1000)::float8`;
}
