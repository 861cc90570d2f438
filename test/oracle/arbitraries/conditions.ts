import fc from 'fast-check';
import type { RawRule } from '../model';
import { textAtHour } from './grid';

const numberPaths = ['data.n', 'data.q'];

/** Maps of conditions over the fields that streams carry (and over facts, if named). */
export function conditions(facts: string[] = []): fc.Arbitrary<RawRule> {
  const leaf = fc
    .array(entry([...numberPaths, ...facts]), { minLength: 1, maxLength: 2 })
    .map((entries) => Object.fromEntries(entries));
  return fc.oneof(
    { weight: 5, arbitrary: leaf },
    { weight: 1, arbitrary: leaf.map((not) => ({ not })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((any) => ({ any })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map(([one, not]) => ({ ...one, not })) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf).map((any) => ({ not: { any } })) },
  );
}

function entry(numbers: string[]): fc.Arbitrary<[string, RawRule]> {
  const order = fc.constantFrom('gt', 'gte', 'lt', 'lte', 'eq', 'not');
  const number = fc.constantFrom(0, 1, 2, 0.5);
  const text = fc.constantFrom('a', 'b', '1');
  const operated = (operator: fc.Arbitrary<string>, operand: fc.Arbitrary<RawRule>) =>
    fc.tuple(operator, operand).map(([name, value]) => ({ [name]: value }));
  const membership = fc.constantFrom('in', 'not_in');
  const at = (paths: string[], test: fc.Arbitrary<RawRule>): fc.Arbitrary<[string, RawRule]> =>
    fc.tuple(fc.constantFrom(...paths), test);
  const anyPath = ['data.n', 'data.s', 'data.t', 'data.v', 'data.l', 'customerid'];
  return fc.oneof(
    at(numbers, operated(order, number)),
    at(numbers, operated(order, fc.constant({ field: 'data.q' }))),
    at(numbers, operated(membership, fc.array(number, { minLength: 1, maxLength: 2 }))),
    at(['data.s'], fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 }))),
    at(['data.s'], operated(fc.constantFrom('eq', 'not', 'contains'), text)),
    at(['data.s'], operated(membership, fc.constant({ field: 'data.l' }))),
    at(['data.t', 'time'], operated(order, fc.nat({ max: 12 }).map(textAtHour))),
    at(['data.t'], operated(order, fc.constant({ field: 'time' }))),
    at(['data.v'], operated(order, fc.constantFrom(1, 0, '1.00 EUR', '2 JPY'))),
    at(['data.l'], operated(fc.constant('contains'), fc.oneof(text, number))),
    at(anyPath, operated(fc.constant('exists'), fc.boolean())),
    at(numbers, fc.constant({ gte: 1, lt: 2 })),
  );
}
