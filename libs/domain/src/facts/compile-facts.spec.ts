import type { JsonObject } from '../json';
import { compileFacts, type Facts, type FactsResult } from './compile-facts';
import type { FactProblem } from './problems';

const data: JsonObject = {
  promised_at: '2026-03-01T12:00:00+08:00',
  delivered_at: '2026-03-01T04:34:00Z',
  stalled_ms: 180_000,
  watched_ms: 3_600_000,
  n: 2,
  zero: 0,
  gone: null,
  flag: true,
  text: 'banana',
  items: [{ price: 3 }, { price: 5 }],
  paid: { value: '98.00', currency: 'CNY' },
  quoted: { value: '88.50', currency: 'CNY' },
  dollars: { value: '1.00', currency: 'USD' },
};
const event: JsonObject = { type: 'a.b', time: '2026-03-01T05:00:00Z', subject: 's', data };

function evaluate(
  lets: Record<string, string>,
  vars: Record<string, unknown> = {},
  of: JsonObject = event,
): Facts {
  return compiled(lets, Object.keys(vars)).evaluate({ event: of, vars });
}

function compiled(lets: Record<string, string>, vars: string[] = []) {
  const result = compileFacts(lets, new Set(vars));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.facts;
}

const fact = (source: string, vars?: Record<string, unknown>): unknown =>
  evaluate({ f: source }, vars).facts['f'];

function problems(lets: Record<string, string>): readonly FactProblem[] {
  const result: FactsResult = compileFacts(lets, new Set(['start', 'due']));
  return result.ok ? [] : result.problems;
}

describe('facts', () => {
  it.each<[string, unknown]>([
    ['minutes(data.delivered_at, data.promised_at)', 34],
    ['hours(data.delivered_at, data.promised_at)', 34 / 60],
    ['days("2026-03-03T00:00:00Z", "2026-03-01T12:00:00Z")', 1.5],
    ['minutes(timestamp(data.delivered_at), data.promised_at)', 34],
    ['minutes(data.promised_at, timestamp(data.delivered_at))', -34],
    ['data.stalled_ms / data.watched_ms', 0.05],
    ['minus(data.paid, data.quoted)', { value: '9.50', currency: 'CNY' }],
    ['plus(data.paid, data.quoted)', { value: '186.50', currency: 'CNY' }],
    ['minus(data.quoted, data.paid).value', '-9.50'],
    ['time', '2026-03-01T05:00:00Z'],
    ['type + "/" + subject', 'a.b/s'],
    ['type == "a.b"', true],
    ['data.items.exists(item, item.price > 4)', true],
    ['data.items.filter(item, item.price > 4).size()', 1],
    ['data.items.map(item, item.price)', [3, 5]],
    ['data.items[1].price', 5],
    ['size(data.items) + 1', 3],
    ['timestamp(data.promised_at) + duration("90m")', '2026-03-01T05:30:00.000Z'],
    ['timestamp(data.delivered_at) - timestamp(data.promised_at)', 2040],
    ['timestamp(data.promised_at).getHours("Asia/Shanghai")', 12],
    ['timestamp(data.promised_at).getHours("-02:00")', 2],
    ['timestamp(data.promised_at).getHours()', 4],
    ['timestamp("2026-12-31T23:30:00Z").getDayOfYear("Europe/Berlin")', 0],
    ['timestamp("2026-07-01T00:00:00Z").getDayOfYear()', 181],
  ])('%s', (source, value) => {
    expect(fact(source)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['data.n + 1', 3],
    ['1 - data.n', -1],
    ['data.n * 60', 120],
    ['data.n / 4', 0.5],
    ['3 / data.n', 1.5],
    ['-data.n + 1', -1],
    ['data.n == 2', true],
    ['2 != data.n', false],
    ['data.n > 1 && data.n <= 2', true],
    ['data.n in [1, 2]', true],
    ['minutes(data.delivered_at, data.promised_at) == 34', true],
    ['minutes(data.delivered_at, data.promised_at) in [30, 34]', true],
    ['data.flag ? minutes(data.delivered_at, data.promised_at) : 0', 34],
    ['data.flag ? 1 : 2.5', 1],
    ['1 + 0.5', 1.5],
    ['(data.n + 1) * 2 - 1.5', 4.5],
    ['data.items.map(item, item.price * 2 + 1)', [7, 11]],
    ['7 / 2', 3],
  ])('JSON numbers are doubles, and an int beside a double is one: %s', (source, value) => {
    expect(fact(source)).toEqual(value);
  });

  it('a fact may use the facts before it', () => {
    const lets = { late: 'minutes(data.delivered_at, data.promised_at)', very: 'late >= 30' };
    expect(evaluate(lets)).toEqual({ facts: { late: 34, very: true }, failed: [] });
  });

  it('uses the names that the detect type gives; due is an instant', () => {
    const vars = { start: event, due: '2026-03-01T04:30:00Z', moves: 2 };
    expect(fact('minutes(start.data.delivered_at, due)', vars)).toBe(4);
    expect(fact('due + duration("1h")', vars)).toBe('2026-03-01T05:30:00.000Z');
    expect(fact('moves + 1', vars)).toBe(3);
    expect(fact('due', vars)).toBe('2026-03-01T04:30:00.000Z');
  });

  it.each([
    ['an absent field', 'data.nothing'],
    ['a field of an absent field', 'data.nothing.more'],
    ['arithmetic with a text', 'data.text + 1'],
    ['no instant', 'minutes(data.text, data.promised_at)'],
    ['a day that does not exist', 'timestamp("2026-02-30T00:00:00Z")'],
    ['a time without zone', 'timestamp("2026-02-20T00:00:00.000")'],
    ['an unknown time zone', 'timestamp(time).getHours("Mars/Phobos")'],
    ['two currencies', 'minus(data.paid, data.dollars)'],
    ['a number that is no money', 'plus(data.paid, data.n)'],
    ['division of ints by zero', '1 / 0'],
    ['infinity', 'data.n / data.zero'],
    ['NaN', 'data.zero / data.zero'],
    ['NaN inside a list', '[data.zero / data.zero]'],
    ['a null', 'data.gone'],
    ['an inherited name', 'data.constructor'],
    ['an inherited name as index', 'data["__proto__"]'],
    ['an index beyond the list', 'data.items[2]'],
    ['a remainder of doubles', 'data.n % 2'],
  ])('%s gives no fact, and no exception', (_name, source) => {
    expect(evaluate({ f: source }).failed).toEqual(['f']);
  });

  it('what is built on a fact that failed, fails', () => {
    const lets = { a: 'data.nothing', b: 'a + 1', c: 'has(data.n) || a > 1' };
    expect(evaluate(lets)).toEqual({ facts: { c: true }, failed: ['a', 'b'] });
  });

  it('a null is an absent key', () => {
    expect(fact('has(data.gone)')).toBe(false);
    expect(fact('has(data.gone) ? 1 : 0')).toBe(0);
    expect(fact('data.gone == 1')).toBeUndefined();
    expect(fact('"gone" in data')).toBe(false);
    expect(fact('[data.paid, data.dollars].exists(m, has(m.none))')).toBe(false);
  });

  it('leaves the event as it was', () => {
    const before = JSON.stringify(event);
    fact('has(data.gone) || data.items.map(item, item.price).size() > 1');
    expect(JSON.stringify(event)).toBe(before);
  });

  it('evaluates the same event again to the same facts', () => {
    const facts = compiled({ a: 'data.items.exists(x, x.price > 4)', b: 'data.n + 1' });
    const once = facts.evaluate({ event, vars: {} });
    facts.evaluate({ event: { data: { n: 9, items: [] } }, vars: {} });
    expect(facts.evaluate({ event, vars: {} })).toEqual(once);
  });

  it('tells the types known before any event', () => {
    const { types } = compiled({ late: 'hours(time, data.x)', is: 'late > 1', any: 'data.x' });
    expect([...types]).toEqual([
      ['late', 'double'],
      ['is', 'bool'],
      ['any', 'dyn'],
    ]);
  });

  it('without let there are no facts', () => {
    expect(evaluate({})).toEqual({ facts: {}, failed: [] });
  });
});

describe('facts, checked on save', () => {
  it.each([
    ['data.x +', 'syntax', 8, 8],
    ['"abc', 'syntax', 0, 4],
    ['nope + 1', 'unknown_variable', 0, 4],
    ['1 + nope', 'unknown_variable', 4, 8],
    ['foo(data.x)', 'unknown_function', 0, 11],
    ['data.x.foo()', 'unknown_function', 0, 12],
    ['minutes(time)', 'wrong_type', 0, 13],
    ['"a" + 1', 'wrong_type', 0, 7],
    ['true && 1', 'wrong_type', 0, 9],
    ['1 == "1"', 'wrong_type', 0, 8],
    ['data.x ? 1 : "a"', 'wrong_type', 0, 16],
    ['minutes(time, time) == "x"', 'wrong_type', 0, 26],
    ['b"abc"', 'wrong_type', 0, 6],
    ['null', 'wrong_type', 0, 4],
    ['data.x.matches("^(a+)+$")', 'matches_refused', 0, 25],
    ['has(data.x) && "a".matches("a")', 'matches_refused', 15, 31],
    ['data.l.all(x, x.matches("a"))', 'matches_refused', 14, 28],
    ['data.l.exists(x, data.m.exists(y, x == y))', 'loop_refused', 17, 41],
    ['data.l.map(x, x.split(","))', 'loop_refused', 14, 26],
    ['data.l.map(type, 1)', 'loop_refused', 11, 15],
    ['cel.bind(x, data.l, x + x)', 'loop_refused', 0, 26],
  ])('%s: %s at %i to %i', (source, code, from, to) => {
    expect(problems({ f: source })).toEqual([
      expect.objectContaining({ name: 'f', code, from, to }),
    ]);
  });

  it('reports every fact that is wrong, and none only for using it', () => {
    const found = problems({ a: 'nope', b: 'a + 1', c: 'foo()', d: 'later + 1', later: '1' });
    expect(found.map(({ name, code }) => [name, code])).toEqual([
      ['a', 'unknown_variable'],
      ['c', 'unknown_function'],
      ['d', 'unknown_variable'],
    ]);
  });

  it.each([
    'data',
    'type',
    'time',
    'start',
    'due',
    '__proto__',
    '1a',
    'a-b',
    '',
    'a b',
    'int',
    'for',
    'true',
  ])('a fact can not be named %p', (name) => {
    expect(problems({ [name]: '1' }).map((problem) => problem.code)).toEqual(['invalid_name']);
  });

  it.each([
    ['characters', `"${'a'.repeat(4_000)}"`, 'too_long'],
    ['nodes', Array(300).fill('1').join('+'), 'too_complex'],
    ['depth', '('.repeat(60) + '1' + ')'.repeat(60), 'too_complex'],
    ['elements of a list', `[${Array(201).fill('1').join(',')}]`, 'too_complex'],
    ['work in a loop', `data.l.all(x, ${Array(20).fill('x > 1').join('&&')})`, 'loop_refused'],
    ['additions in a loop', `data.l.map(x, ${Array(6).fill('x').join('+')})`, 'loop_refused'],
  ])('is bounded in %s', (_what, source, code) => {
    expect(problems({ f: source }).map((problem) => problem.code)).toEqual([code]);
  });

  it('names our words in messages, not the engine’s', () => {
    const [problem] = problems({ f: 'timestamp(true)' });
    expect(problem?.message).toContain("'timestamp(bool)'");
  });
});

describe('facts on hostile events', () => {
  const longList = { data: { l: Array<number>(1_001).fill(1), text: 'x' } };

  it('does not loop over lists of more than a thousand', () => {
    expect(evaluate({ f: 'data.l.filter(x, x in data.l)' }, {}, longList).failed).toEqual(['f']);
    expect(evaluate({ f: 'size(data.l)' }, {}, longList).facts).toEqual({ f: 1001 });
  });

  it('a fact can not outgrow the event by being built on facts', () => {
    const lets: Record<string, string> = { f0: 'data.l' };
    for (let i = 1; i < 40; i += 1) lets[`f${i}`] = `f${i - 1} + f${i - 1}`;
    const { failed } = evaluate(lets, {}, { data: { l: [1, 2, 3] } });
    expect(failed[0]).toBe('f9');
    expect(failed).toHaveLength(31);
  });

  it('a fact is no text of more than 20,000 characters', () => {
    const long = { data: { text: 'x'.repeat(15_000) } };
    expect(evaluate({ a: 'data.text', b: 'data.text + data.text' }, {}, long).failed).toEqual([
      'b',
    ]);
  });

  it('takes little time for what is allowed at most', () => {
    const lets = { f: `data.l.map(x, ${Array(5).fill('data.l').join(' + ')}).size()` };
    const result = compileFacts(lets, new Set());
    const list = { data: { l: Array<number>(1_000).fill(1) } };
    const run = (): unknown => result.ok && result.facts.evaluate({ event: list, vars: {} });
    const begin = performance.now();
    expect(run()).toBeTruthy();
    expect(performance.now() - begin).toBeLessThan(3_000);
  });
});
