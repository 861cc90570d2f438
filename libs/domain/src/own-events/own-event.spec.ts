import fc from 'fast-check';
import { buildRuleSet } from '../rule-set';
import { compileRule } from '../detect';
import type { DomainEvent } from '../event';
import type { RuleDocument } from '../rule-document';
import { isOwnType, OWN_EVENT_TYPES, ownDepth } from './own-event';

const ruleOn = (type: string): RuleDocument => ({
  kind: 'Rule',
  id: 'echo',
  title: 'Echo',
  detect: { type: 'event', event: type, by: 'subject' },
  pay: { as: 'credit', amount: { fixed: '1.00 EUR' } },
});

const eventOf = (type: string, data: Record<string, number | string>): DomainEvent => ({
  source: '/amends',
  id: 'e1',
  type,
  timeMs: 0,
  customerId: 'ana',
  json: { source: '/amends', id: 'e1', type, subject: 'cmp_1', customerid: 'ana', data },
});

function routesOf(type: string, data: Record<string, number | string>): number {
  const current = compileRule(ruleOn(type), { version: 1, calendars: new Map() });
  const entry = { ruleId: 'echo', ruleNo: 1, lane: 'live' as const, current, draining: [] };
  return buildRuleSet([entry]).route(eventOf(type, data)).length;
}

const ownType = fc.constantFrom(...OWN_EVENT_TYPES);

describe('events of our own doing', () => {
  it('no rule sees what is told of something that our own events led to', () => {
    fc.assert(
      fc.property(ownType, fc.integer({ min: 1, max: 1_000 }), (type, depth) => {
        expect(routesOf(type, { depth })).toBe(0);
      }),
    );
  });

  it('rules see all else, also where a test of a rule leaves the depth out', () => {
    fc.assert(
      fc.property(ownType, (type) => {
        expect([routesOf(type, { depth: 0 }), routesOf(type, {})]).toEqual([1, 1]);
      }),
    );
    expect(routesOf('delivery.delivered', { depth: 7 })).toBe(1);
    expect(routesOf('amendsx.delivered', { depth: 7 })).toBe(1);
  });

  it.each([
    ['one of the evidence', ['shop|1', '/amends|cmp_1.2.settled'], 'delivery.late', 1],
    ['the event it speaks of, by whatever way it came', ['mirror|1'], 'amends.message.sent', 1],
    ['neither', ['/amendsx|1', 'shop|/amends|2'], 'delivery.late', 0],
  ])('an incident is a step away from the world by %s', (_what, evidence, type, depth) => {
    expect(ownDepth(evidence, { type })).toBe(depth);
  });

  it('are named by what happens and to what', () => {
    expect(OWN_EVENT_TYPES).toContain('amends.compensation.reserved');
    expect(OWN_EVENT_TYPES).toContain('amends.message.sent');
    expect(OWN_EVENT_TYPES.every(isOwnType)).toBe(true);
  });
});
