import type { JsonObject } from '../json';
import { buildRuleSet, type RuleSetEntry } from '../rule-set';
import type { RuleDocument } from '../rule-document';
import { compileRule } from './compiled-rule';

const BAD = {
  kind: 'Rule',
  id: 'bad',
  title: 'Bad playbacks',
  detect: {
    type: 'window',
    event: 'played',
    by: 'data.key',
    over: '1h',
    let: { rebuffered: 'data.rebuffer / data.watched' },
    where: { rebuffered: { gt: 0.02 } },
    measure: 'count',
    is: { gte: 3 },
  },
  pay: { as: 'nothing' },
} as const satisfies RuleDocument;

const compiled = (version: number) => compileRule(BAD, { version, calendars: new Map() });
const ENTRY: RuleSetEntry = {
  ruleId: 'bad',
  ruleNo: 7,
  lane: 'live',
  current: compiled(2),
  draining: [],
};

function routes(data: JsonObject, entry = ENTRY) {
  const json = { id: 'e1', source: '/s', type: 'played', time: '2026-03-01T00:00:00Z', data };
  const event = { source: '/s', id: 'e1', type: 'played', timeMs: 0, customerId: 'c1', json };
  return buildRuleSet([entry]).route(event);
}

describe('the way of an event to a window', () => {
  it('leads to the state of its key where it counts', () => {
    const [route] = routes({ key: 'k', rebuffer: 3, watched: 100 });
    expect(route?.slot).toEqual({ ruleNo: 7, lane: 'live', key: '"k"', id: '0|7|"k"' });
  });

  it('ends where `where` says no: no state needs to be read', () => {
    expect(routes({ key: 'k', rebuffer: 1, watched: 100 })).toEqual([]);
  });

  it.each<[string, JsonObject]>([
    ['cannot be decided', { key: 'k', watched: 100 }],
    ['has no key', { rebuffer: 1, watched: 100 }],
  ])('goes on where it %s, so that it is counted', (_, data) => {
    expect(routes(data)).toHaveLength(1);
  });

  it('goes on while an earlier version may count it', () => {
    const draining = { ...ENTRY, draining: [compiled(1)] };
    expect(routes({ key: 'k', rebuffer: 1, watched: 100 }, draining)).toHaveLength(1);
  });
});
