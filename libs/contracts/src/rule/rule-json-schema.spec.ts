import Ajv2020 from 'ajv/dist/2020';
import { parse } from 'yaml';
import { EXAMPLES } from './rule-examples-spec';
import { deadline, eventRule, limits, pay, sequence, where, window } from './rule-fixtures';
import { ruleJsonSchema } from './rule-json-schema';

const schema = ruleJsonSchema();
const validate = new Ajv2020({ strict: true, strictTypes: false, allErrors: true }).compile(schema);

describe('the JSON Schema of rules', () => {
  it('is JSON, 2020-12, and the same every time', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(JSON.stringify(ruleJsonSchema())).toBe(JSON.stringify(schema));
  });

  it.each(EXAMPLES)('takes the example %s', (_name, text) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  it.each([
    ['an unknown key', eventRule({ limts: [] })],
    ['a missing key', { ...eventRule(), pay: undefined }],
    ['a wrong id', eventRule({ id: 'Late' })],
    ['an unknown detect type', eventRule({ detect: { type: 'x' } })],
    ['a key of another type', window({ grace: '1h' })],
    ['a bad duration', deadline({ grace: '1 hour' })],
    ['an empty duration', deadline({ grace: '' })],
    ['an unknown operator', where({ 'data.x': { gtee: 1 } })],
    ['a nested unknown operator', where({ any: [{ not: { 'data.x': { gtee: 1 } } }] })],
    ['an empty any', where({ any: [] })],
    ['a bare number as money', pay({ min: 5 })],
    ['an unknown currency', pay({ min: '5.00 XXX' })],
    ['too many decimals', pay({ min: '5.5 JPY' })],
    ['a wrong means', pay({ as: 'gift' })],
    ['one step', sequence({ steps: ['a.b'] })],
    ['a wrong limit', limits({ times: 0, per: 'customer', then: 'skip' })],
    ['a percentage of nothing', pay({ amount: { percent: 0, of: 'data.x' } })],
    ['an unknown measure', window({ measure: 'counts' })],
  ])('refuses %s', (_what, document) => {
    expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
  });

  it('tells editors what every key is for', () => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const { properties } = node as { properties?: Record<string, Record<string, unknown>> };
      for (const [key, value] of Object.entries(properties ?? {})) {
        if (!('description' in value) && !('$ref' in value)) bare.push(`${path}/${key}`);
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(schema, '');
    expect(bare).toEqual([]);
  });
});
