/** One event type or several, as a list. */
export function typesOf(types: string | readonly string[] | undefined): readonly string[] {
  if (types === undefined) return [];
  return typeof types === 'string' ? [types] : types;
}
