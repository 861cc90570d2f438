const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/, 'an instant'],
  [/^(cmp|msg|apr|hold|key|ltx|att|inc|job|ntc)_[0-9A-Z]{26}$/, 'an id'],
  [/^sha256:[0-9a-f]{64}$/, 'a hash'],
  [/^cus_[0-9a-f]{32}$/, 'a pseudonym'],
  [/^amk_[0-9a-z]{10}_[0-9a-z]{52}$/, 'a token'],
  [/^[\w-]{40,}$/, 'a cursor'],
];
const VOLATILE_KEYS = new Set(['prefix', 'seq', 'last_used_at', 'checked', 'waiting']);

/** An answer with what differs from run to run replaced by what it is. */
export function withoutVolatile(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutVolatile);
  if (typeof value === 'string') {
    return VOLATILE.find(([form]) => form.test(value))?.[1] ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      VOLATILE_KEYS.has(key) ? `a ${key}` : withoutVolatile(part),
    ]),
  );
}
