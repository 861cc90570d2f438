import type { JsonObject, Json } from '../json';
import { parseInstant } from '../values';
import { compileRule } from './compiled-rule';
import { DetectRun } from './detect-run';
import { buildRuleSet } from '../rule-set';
import type { Conditions, RuleDocument } from '../rule-document';

const TIME = '2026-03-01T00:00:00Z';

/** The paths counted as undecidable when a rule with this `where` looks at one event, as live. */
function undecided(where: Conditions, data: JsonObject): string[] {
  const document = {
    kind: 'Rule',
    id: 'spec',
    title: 'Spec',
    detect: { type: 'event', event: 'told', by: 'data.key', where },
    pay: { as: 'nothing' },
  } as const satisfies RuleDocument;
  const current = compileRule(document, { version: 1, calendars: new Map() });
  const ruleSet = buildRuleSet([
    { ruleId: 'spec', ruleNo: 1, lane: 'live', current, draining: [] },
  ]);
  const run = new DetectRun(ruleSet, new Map(), { accountLatenessMs: 0 });
  const json = { id: 'e1', source: 'spec', type: 'told', time: TIME, data: { key: 'k', ...data } };
  const timeMs = parseInstant(TIME) ?? 0;
  const event = { source: 'spec', id: 'e1', type: 'told', timeMs, customerId: 'c1', json };
  run.onEvent(event, ruleSet.route(event), timeMs);
  return run.effects.flatMap((effect) => (effect.kind === 'undecidable' ? [effect.path] : []));
}

describe('missing data never pays: what an index sorts out', () => {
  const price = { value: '7.00', currency: 'EUR' };

  it.each<[string, Conditions[string], Json]>([
    ['a text where a number is asked for', 5, '5'],
    ['a text within the bounds of a range', { gte: 5 }, '7'],
    ['true where there is a range', { lt: 5 }, true],
    ['a number where texts are asked for', ['a', 'b'], 5],
    ['a money where texts are asked for', ['a', 'b'], price],
    ['a list where a number is asked for', 5, [5]],
    ['true where a text is asked for', 'a', true],
  ])('%s is counted as undecidable', (_name, operand, value) => {
    expect(undecided({ 'data.x': operand }, { x: value })).toEqual(['data.x']);
  });

  it.each<[string, Conditions[string], Json]>([
    ['another number', 5, 6],
    ['a number outside of the range', { gte: 5 }, 4],
    ['another text', ['a', 'b'], 'c'],
    ['a number beside a list of both kinds', ['a', 5], 6],
    ['a money below the range', { gte: 8 }, price],
  ])('%s is surely false, and nothing is counted', (_name, operand, value) => {
    expect(undecided({ 'data.x': operand }, { x: value })).toEqual([]);
  });
});
