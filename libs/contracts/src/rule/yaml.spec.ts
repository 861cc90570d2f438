import { parseRule } from './parse-rule';

const EXAMPLE = `
kind: Rule
id: late-delivery
title: Parcel later than promised
labels: {team: delivery}
detect:
  type: deadline
  start: delivery.promised
  expect: delivery.delivered
  by: data.order_id
  due: data.promised_by
pay: {as: credit, amount: {fixed: "5.00 EUR"}}
limits: [{times: 1, per: customer, then: skip}]
message: {template: late-delivery, channels: [email]}
tests: [{name: a, events: [], until: 1h, expect: []}]
`;

function mistakes(text: string | Uint8Array): string[] {
  const parsed = parseRule(text, { contentType: 'yaml' });
  return parsed.ok ? [] : parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`);
}

const withTitle = (yaml: string): string => EXAMPLE.replace(/^title:.*$/m, `title: ${yaml}`);

describe('a rule in YAML', () => {
  it('keeps dates, times and yes as texts', () => {
    for (const text of ['2026-03-01', '2026-03-01T00:00:00Z', 'yes', '12:30', '1_000']) {
      const parsed = parseRule(withTitle(text), { contentType: 'yaml' });
      expect(parsed).toMatchObject({ ok: true, document: { title: text } });
    }
  });

  it('is read as JSON too, and from bytes', () => {
    const parsed = parseRule(EXAMPLE, { contentType: 'yaml' });
    if (!parsed.ok) throw new Error('refused');
    expect(parseRule(JSON.stringify(parsed.document), { contentType: 'yaml' })).toEqual(parsed);
    expect(parseRule(Buffer.from(EXAMPLE), { contentType: 'yaml' })).toEqual(parsed);
  });

  it.each<[what: string, text: string, expected: string[]]>([
    ['an anchor', `${EXAMPLE}\nnote: &a x`, ['yaml_alias /note']],
    ['an alias', `${EXAMPLE}\nnote: *a`, ['yaml_alias /note']],
    [
      'an anchor and its alias',
      `${EXAMPLE.replace(/^labels.*$/m, '')}\nnote: &a x\nlabels: {team: *a}`,
      ['yaml_alias /note', 'yaml_alias /labels/team'],
    ],
    ['a tag', withTitle('!!js/function "x"'), ['yaml_tag /title']],
    ['a binary', withTitle('!!binary aGk='), ['yaml_tag /title']],
    ['a number for a text', withTitle('5'), ['wrong_type /title']],
    ['an octal', withTitle('0o17'), ['wrong_type /title']],
    ['infinity', withTitle('.inf'), ['bad_number /title']],
    ['a key twice', `${EXAMPLE}\ntitle: other`, ['duplicate_key /title']],
    [
      'a key twice inside',
      withTitle('x').replace('detect:', 'detect:\n  by: data.x'),
      ['duplicate_key /detect/by'],
    ],
    ['a prototype key', `${EXAMPLE}\n__proto__: {a: 1}`, ['forbidden_key /__proto__']],
    ['constructor', `${EXAMPLE}\nconstructor: 1`, ['forbidden_key /constructor']],
    ['a map for a key', `${EXAMPLE}\n? {a: 1}\n: x`, ['yaml_key ']],
    ['a merge', `${EXAMPLE}\n<<: {note: x}`, ['unknown_key /<<']],
    ['nothing', '', ['malformed_yaml ']],
    ['a comment only', '# x', ['malformed_yaml ']],
    ['null', 'null', ['null_value ']],
    ['a text', 'rule', ['wrong_type ']],
    ['two documents', `${EXAMPLE}\n---\n${EXAMPLE}`, ['malformed_yaml ']],
    ['a tab', 'kind:\n\tid: x', ['malformed_yaml ']],
    ['an open quote', 'kind: "Rule', ['malformed_yaml ']],
    ['two colons', 'kind: Rule: x', ['malformed_yaml ']],
    ['U+0000', withTitle('"a\\0b"'), ['bad_text /title']],
  ])('refuses %s', (_what, text, expected) => {
    expect(mistakes(text)).toEqual(expected);
  });

  it('tells the line of a mistake in the text', () => {
    const parsed = parseRule('kind: Rule\nid: x\ntitle: "a', { contentType: 'yaml' });
    expect(parsed).toMatchObject({
      problems: [{ message: { en: expect.stringMatching(/line 3/) } }],
    });
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(mistakes(Buffer.from([0x61, 0xff]))).toEqual(['bad_text ']);
  });

  it('doubts numbers that have lost their zeros', () => {
    const text = EXAMPLE.replace('  due:', '  where: {data.zip: 02134}\n  due:');
    expect(parseRule(text, { contentType: 'yaml' })).toMatchObject({
      ok: true,
      lints: [{ code: 'leading_zero', pointer: '/detect/where/data.zip' }],
    });
  });

  it.each<[what: string, text: string, code: string]>([
    ['a bomb of aliases', bomb(), 'yaml_alias '],
    ['brackets', '['.repeat(200_000), 'too_deep '],
    ['braces', '{a: '.repeat(60_000), 'too_deep '],
    ['dashes', '- '.repeat(100_000), 'too_deep '],
    [
      'indents',
      Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'too_deep ',
    ],
    ['tags', '!a '.repeat(80_000), 'yaml_alias '],
    ['nothing but mistakes', '}\n'.repeat(100_000), 'malformed_yaml '],
    ['too much', `note: ${'x'.repeat(256 * 1024)}`, 'too_large '],
  ])('is not brought down by %s', (_what, text, code) => {
    const startedMs = performance.now();
    expect(mistakes(text)[0]).toMatch(new RegExp(`^${code}`));
    expect(performance.now() - startedMs).toBeLessThan(5000);
  });
});

function bomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 30; level++) {
    const alias = `*a${level - 1}`;
    lines.push(`a${level}: &a${level} [${Array(9).fill(alias).join(', ')}]`);
  }
  return lines.join('\n');
}
