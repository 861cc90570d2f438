import Ajv2020 from 'ajv/dist/2020';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { parseRule } from './parse-rule';
import { EXAMPLES } from './rule-examples-spec';
import { resolvePointer } from './rule-fixtures';
import { ruleJsonSchema } from './rule-json-schema';
import { ruleReferences } from './rule-references';
import { sentence } from './sentence/sentence';

const validate = new Ajv2020({ strict: false }).compile(ruleJsonSchema());

const WORDS = [
  'data.x',
  'late',
  'expect',
  'expect.time',
  'unit',
  'customer',
  'any',
  'not',
  'eq',
  'gte',
  'field',
  'event',
  'window',
  'sequence',
  'deadline',
  'nothing',
  'refund',
  'skip',
  'trim',
  '1d',
  '0s',
  '999d',
  '5.00 EUR',
  '5 JPY',
  '0.00 CNY',
  'a=b',
  'minutes(data.a, data.b)',
  'data.x.matches("a")',
  '2026-03-01',
];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...WORDS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(0, 1, -1, 2, 10, 1.5, 1e9, true, false, null, [], {}),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(...WORDS),
      fc.constantFrom<unknown>(...WORDS, 1, [], {}),
    ),
  },
);

const mutation = fc.record({
  step: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
  kind: fc.constantFrom('set', 'delete', 'add'),
  key: fc.constantFrom(...WORDS),
  value,
});

type Mutation = { step: number[]; kind: string; key: string; value: unknown };

/** Changes one place, found by walking down the numbers of `step`. */
function mutate(document: unknown, { step, kind, key, value: changed }: Mutation): void {
  let at = document;
  for (const [index, number] of step.entries()) {
    if (typeof at !== 'object' || at === null) return;
    const keys = Object.keys(at);
    const chosen = keys[number % Math.max(keys.length, 1)];
    const inner = chosen === undefined ? undefined : (at as Record<string, unknown>)[chosen];
    const isLast = index === step.length - 1 || typeof inner !== 'object' || inner === null;
    if (!isLast) {
      at = inner;
      continue;
    }
    const parent = at as Record<string, unknown>;
    if (kind === 'add' && !Array.isArray(at)) parent[key] = changed;
    else if (Array.isArray(at))
      at.splice(number % (at.length + 1), kind === 'delete' ? 1 : 0, changed);
    else if (chosen !== undefined && kind === 'delete') Reflect.deleteProperty(parent, chosen);
    else if (chosen !== undefined) parent[chosen] = changed;
    return;
  }
}

describe('any change of a valid rule', () => {
  it('is judged without throwing, at places that exist, and no laxer than the JSON Schema', () => {
    const example = fc.constantFrom(...EXAMPLES.map(([, text]) => JSON.stringify(parse(text))));
    fc.assert(
      fc.property(
        example,
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        (text, mutations) => {
          const document = JSON.parse(text) as unknown;
          for (const one of mutations) mutate(document, one);
          const parsed = parseRule(document, { contentType: 'json' });

          for (const { pointer, message } of [
            ...parsed.lints,
            ...(parsed.ok ? [] : parsed.problems),
          ]) {
            resolvePointer(document, pointer);
            expect(message.en).not.toBe('');
            expect(message.zh).not.toBe('');
          }
          if (!parsed.ok) {
            expect(parsed.problems.length).toBeGreaterThan(0);
            return;
          }
          expect(parsed.document).toEqual(document);
          validate(document);
          expect(validate.errors).toBeNull();
          expect(sentence(parsed.document).en).not.toMatch(/undefined|\[object/);
          ruleReferences(parsed.document);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is judged without throwing as text, wherever it is cut or spoilt', () => {
    const texts = EXAMPLES.map(([, text]) => text);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.nat(20),
        fc.string({ maxLength: 5 }),
        fc.constantFrom('json' as const, 'yaml' as const),
        (text, at, length, put, contentType) => {
          const from = at % text.length;
          const spoilt = text.slice(0, from) + put + text.slice(from + length);
          const parsed = parseRule(spoilt, { contentType });
          expect(parsed.ok || parsed.problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is judged without throwing for values that are no rule at all', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (anything) => {
        expect(parseRule(anything, { contentType: 'json' }).ok).toBe(false);
      }),
    );
  });
});
