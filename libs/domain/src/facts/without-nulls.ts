/** The same JSON without the keys that are null; itself if it has none, as nearly all events. */
export function withoutNulls(value: unknown): unknown {
  return hasNull(value) ? strip(value) : value;
}

function hasNull(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNull);
  const map = value as Readonly<Record<string, unknown>>;
  for (const key in map) {
    const item = map[key];
    if (item === null || (typeof item === 'object' && hasNull(item))) return true;
  }
  return false;
}

function strip(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(strip);
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item)]));
}
