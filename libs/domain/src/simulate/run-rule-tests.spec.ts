import { rule } from '../semantics/play';
import type { CalendarDocument, RuleDocument, RuleTest } from '../rule-document';
import { runRuleTests } from './run-rule-tests';

const office: CalendarDocument = { time_zone: 'UTC', working_days: [1, 2, 3, 4, 5], holidays: [] };
const promised = { type: 'deadline', start: 'promised', expect: 'delivered', due: '1d' };

/** What is wrong with a test of a rule; empty: it holds. */
function wrong(detect: object, test: Partial<RuleTest>, rest: Partial<RuleDocument> = {}) {
  const tests = [{ name: 'spec', events: [], until: '30d', expect: [], ...test }];
  const compiled = rule(detect, { ...rest, tests }, { office });
  const [result] = runRuleTests(compiled).results;
  return [...(result?.missing ?? []), ...(result?.unexpected ?? [])];
}

const data = { order: 'o1' };
const start = { at: '0h', type: 'promised', customerid: 'c1', data };
const refuting = [
  start,
  { at: '30h', type: 'other', customerid: 'c1' },
  { at: '20h', type: 'delivered', data },
];

describe('expect in the tests of a rule', () => {
  it.each(['5 EUR', '5.0 EUR', '5.00 EUR'])('takes a sum by its value: %s', (pay) => {
    expect(wrong(promised, { events: [start], expect: [{ pay }] })).toEqual([]);
  });

  it('tells another sum, and the same in another currency', () => {
    const asked = (pay: string) => wrong(promised, { events: [start], expect: [{ pay }] });
    expect(asked('5.01 EUR')).toHaveLength(2);
    expect(asked('5.00 USD')).toHaveLength(2);
  });

  it('can ask for an incident that was refuted before its settlement', () => {
    const accruing = { ...promised, accrue: { every: '1d', max: 5 } };
    const pay = { as: 'credit', amount: { fixed: '5.00 EUR' }, settle: 'end' } as const;
    const asked = { events: refuting, expect: [{ customer: 'c1', refuted: true }] };
    expect(wrong(accruing, asked, { pay })).toEqual([]);
    expect(wrong(accruing, { events: refuting, expect: [] }, { pay })).toEqual([]);
  });

  it.each(['2d23h59m59s', '3d'])(
    'finds the last instant of a working day by the second before and after: %s',
    (at) => {
      // 1 March 2026 is a Sunday.
      const detect = { ...promised, due: '2d', calendar: 'office' };
      expect(wrong(detect, { events: [start], expect: [{ at }] })).toEqual([]);
    },
  );

  it('lets the older event found by a trigger be decided first, the newest of each speaking', () => {
    const recall = {
      type: 'event',
      event: 'recalled',
      by: 'data.id',
      for_each: { event: 'bought', by: 'data.line', over: '30d' },
    };
    const limits = [{ times: 1, per: 'rule', then: 'skip' }] as const;
    const bought = (at: string, line: string) => ({
      at,
      type: 'bought',
      customerid: `c-${line}`,
      data: { line },
    });
    const trigger = { at: '5h', type: 'recalled', data: { id: 'r' } };
    const events = [bought('1h', 'a'), bought('2h', 'b'), bought('3h', 'a'), trigger];
    expect(wrong(recall, { events, expect: [{ customer: 'c-b' }] }, { limits })).toEqual([]);
  });

  const once = [{ times: 1, per: 'rule', then: 'skip' }] as const;
  const told = (at: string, type: string, key: string, id: string, source = 'spec') => ({
    at,
    type,
    customerid: `c-${key}`,
    source,
    id,
    data: { order: key },
  });

  it.each<[string, object]>([
    ['window', { type: 'window', event: ['first', 'last'], measure: 'count', is: { gte: 2 } }],
    ['sequence', { type: 'sequence', steps: ['first', 'last'] }],
  ])(
    'semantics 3: what waits in a %s goes by (time, source, id) of its last event',
    (type, more) => {
      const span = type === 'window' ? { over: '1h' } : { within: '1h' };
      const events = [
        told('0m', 'first', 'a', 'a1'),
        told('5m', 'first', 'b', 'b1'),
        told('10m', 'last', 'a', 'a2'),
        told('10m', 'last', 'b', 'a0'),
      ];
      const detect = { ...more, ...span, allow_late: '1m' };
      expect(wrong(detect, { events, expect: [{ customer: 'c-b' }] }, { limits: once })).toEqual(
        [],
      );
    },
  );

  it.each(['/a/b', '/a2'])(
    'of two events of one instant that of source %s is newer than /a',
    (source) => {
      const each = { event: 'bought', by: 'data.order', over: '30d' };
      const recall = { type: 'event', event: 'recalled', by: 'data.id', for_each: each };
      const events = [
        { ...told('1h', 'bought', 'x', '1', source), customerid: 'new' },
        { ...told('1h', 'bought', 'x', '2', '/a'), customerid: 'old' },
        { at: '5h', type: 'recalled', data: { id: 'r' } },
      ];
      expect(wrong(recall, { events, expect: [{ customer: 'new' }] })).toEqual([]);
    },
  );

  it.each(['/a/b', '/a2'])(
    'incidents of one instant go by source, then id: /a before %s',
    (source) => {
      const events = [
        told('0h', 'promised', 'b', '1', source),
        told('0h', 'promised', 'a', '2', '/a'),
      ];
      const asked = { events, expect: [{ customer: 'c-a' }] };
      expect(wrong(promised, asked, { limits: once })).toEqual([]);
    },
  );

  it('tells an incident of another second', () => {
    expect(wrong(promised, { events: [start], expect: [{ at: '24h1s' }] })).toHaveLength(2);
    expect(wrong(promised, { events: [start], expect: [{ at: '23h59m59s' }] })).toHaveLength(2);
  });
});
