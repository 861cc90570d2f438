import fc from 'fast-check';
import type { JsonObject } from '../json';
import type { Conditions } from '../rule-document';
import { compileConditions } from './compile-conditions';
import type { Verdict3 } from './verdict';

/** A test whose verdict is known by its make: field t is 1, field f is 0, field u is absent. */
const leaf = fc.record({
  path: fc.constantFrom('data.t', 'data.f', 'data.u', 'data.s'),
  form: fc.constantFrom('bare', 'eq', 'list', 'not', 'gte', 'not_in'),
});
type Leaf = { path: string; form: string };
type Tree = { all: Leaf[]; any: Tree[] | null; not: Tree | null };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    all: fc.array(leaf, { maxLength: 3 }),
    any: fc.option(fc.array(tie('tree'), { maxLength: 3 }), { maxDepth: 3 }),
    not: fc.option(tie('tree'), { maxDepth: 3 }),
  }),
}));
const event: JsonObject = { data: { t: 1, f: 0, s: 'one' } };

function write({ all, any, not }: Tree): Conditions {
  const entries: [string, unknown][] = all.map(({ path, form }) => [path, operand(form)]);
  if (any) entries.push(['any', any.map(write)]);
  if (not) entries.push(['not', write(not)]);
  return Object.fromEntries(entries) as Conditions;
}

function operand(form: string): unknown {
  if (form === 'bare') return 1;
  if (form === 'list') return [1, 2];
  return form === 'not_in' ? { not_in: [1, 2] } : { [form]: 1 };
}

/** The same by numbers: 1 true, 0 undecidable, −1 false; and = min, or = max, not = −. */
function expected({ all, any, not }: Tree): number {
  // A map can hold a path only once: the last one written stands.
  const last = [...new Map(all.map((one) => [one.path, one])).values()];
  const values = last.map(({ path, form }) => {
    if (path === 'data.u' || path === 'data.s') return 0;
    const isOne = path === 'data.t' ? 1 : -1;
    return form === 'not' || form === 'not_in' ? -isOne : isOne;
  });
  if (any) values.push(Math.max(-1, ...any.map(expected)));
  if (not) values.push(-expected(not));
  return Math.min(1, ...values);
}

const names: Verdict3[] = ['false', 'undecidable', 'true'];

describe('three-valued logic of conditions', () => {
  it('is and = least, or = greatest, not = opposite, in any nesting', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const compiled = compileConditions(write(one), new Set());
        const scope = { event, vars: {}, facts: {} };
        expect(compiled.test(scope)).toBe(names[expected(one) + 1]);
      }),
      { numRuns: 2000 },
    );
  });

  it('missing data never pays: taking a field away never makes conditions hold', () => {
    fc.assert(
      fc.property(tree, fc.subarray(['t', 'f', 's']), (one, kept) => {
        const compiled = compileConditions(write(one), new Set());
        const whole = event.data as JsonObject;
        const fewer = Object.fromEntries(kept.map((key) => [key, whole[key] ?? null]));
        const before = compiled.test({ event, vars: {}, facts: {} });
        const after = compiled.test({ event: { data: fewer }, vars: {}, facts: {} });
        if (after === 'true') expect(before).toBe('true');
        if (after === 'false') expect(before).toBe('false');
      }),
      { numRuns: 1000 },
    );
  });

  it('an undecidable verdict names at least one path, a decided one is not blamed on none', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const compiled = compileConditions(write(one), new Set());
        const scope = { event, vars: {}, facts: {} };
        if (compiled.test(scope) === 'undecidable') {
          expect(compiled.undecidedPaths(scope)).not.toEqual([]);
        }
      }),
    );
  });
});
