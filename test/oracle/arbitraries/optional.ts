import fc from 'fast-check';

/** One value in `1 / oneIn` of the cases, else none: a key that is left out. */
export function rarely<T>(value: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc
    .tuple(fc.nat({ max: oneIn - 1 }), value)
    .map(([draw, drawn]) => (draw === oneIn - 1 ? drawn : undefined));
}

/** The object without the keys that hold undefined. */
export function compact<T extends object>(object: T): T {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as T;
}
