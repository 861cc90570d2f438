const MAX_LENGTH = 1_000;

/** Is there a list or map of more than a thousand entries anywhere in it? */
export function hasLongList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const items: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return items.length > MAX_LENGTH || items.some(hasLongList);
}
