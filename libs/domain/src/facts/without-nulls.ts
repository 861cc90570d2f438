/** The same JSON without the keys that are null; itself if it has none. */
export function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutNulls);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const entries = Object.entries(value);
  const kept = entries
    .filter(([, item]) => item !== null)
    .map(([key, item]): [string, unknown] => [key, withoutNulls(item)]);
  const same =
    kept.length === entries.length && kept.every(([, item], i) => item === entries[i]?.[1]);
  return same ? value : Object.fromEntries(kept);
}
