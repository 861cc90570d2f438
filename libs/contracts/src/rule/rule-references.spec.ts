import type { RuleDocument } from '@amends/domain';
import { parseRule } from './parse-rule';
import { EXAMPLES } from './rule-examples-spec';
import { deadlineDetect, eventDetect, eventRule } from './rule-fixtures';
import { ruleReferences } from './rule-references';

function documentOf(source: unknown): RuleDocument {
  const parsed = parseRule(source, { contentType: 'yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

describe('ruleReferences', () => {
  it('names what the recall needs from history', () => {
    const [, text] = EXAMPLES.find(([name]) => name === 'product-recall.yaml') ?? [];
    expect(ruleReferences(documentOf(text))).toMatchObject({
      calendars: [],
      templates: ['product-recall'],
      eventTypes: ['quality.product.recalled', 'delivery.delivered', 'return.received'],
      historyPaths: [
        { type: 'return.received', path: 'data.line_id' },
        { type: 'delivery.delivered', path: 'data.sku' },
        { type: 'delivery.delivered', path: 'data.lot' },
      ],
      lookBacks: [
        { pointer: '/detect/for_each/over', over: '730d', overMs: 730 * 86_400_000 },
        { pointer: '/skip_if/0/over', over: '730d', overMs: 730 * 86_400_000 },
      ],
    });
  });

  it('names calendar, template, channels and every event type once', () => {
    const detect = deadlineDetect({
      start: ['a', 'b'],
      expect: ['c', 'a'],
      cancel: 'd',
      extend: ['e'],
      due: '2d',
      calendar: 'uk',
    });
    expect(ruleReferences(documentOf(eventRule({ detect })))).toMatchObject({
      calendars: ['uk'],
      templates: ['late-delivery'],
      channels: ['email'],
      eventTypes: ['a', 'b', 'c', 'd', 'e'],
      historyPaths: [],
      lookBacks: [],
    });
  });

  it('leaves out of the look-ups what is no equality of an event field', () => {
    const where = {
      'data.a': 1,
      'data.b': ['x'],
      'data.c': { field: 'trigger.data.c' },
      'data.d': { gt: 1 },
      'data.e': { not_in: ['x'] },
      'trigger.data.f': 1,
      late: 1,
      any: [{ 'data.g': 1 }],
    };
    const each = { event: 'x.y', by: 'data.k', over: '9d', where };
    const detect = eventDetect({ for_each: each, let: { late: 'data.n + 1' } });
    const { historyPaths } = ruleReferences(documentOf(eventRule({ detect })));
    expect(historyPaths.map(({ path }) => path)).toEqual(['data.a', 'data.b', 'data.c']);
  });

  it('tells where each field stands and of which events', () => {
    const { fields } = ruleReferences(documentOf(eventRule()));
    expect(fields).toEqual([
      { pointer: '/detect/by', path: 'data.order_id', types: ['delivery.delivered'] },
    ]);
  });
});
