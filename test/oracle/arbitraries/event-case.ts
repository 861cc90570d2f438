import fc from 'fast-check';
import { conditions } from './conditions';
import { HOUR_MS } from './grid';
import { compact, rarely } from './optional';
import type { RawRule } from '../model';
import type { RuleCase } from './rule-case';
import { ruleWith, simplePay } from './simple-pay';
import { stream, until, untilOf } from './stream';

function drawn(lateHours: number, delayHours: number): fc.Arbitrary<RuleCase> {
  return fc
    .record({
      detect: detect(lateHours),
      pay: simplePay(),
      skip_if: rarely(fc.constant([{ event: 'right', same: 'data.g', over: '3h' }]), 3),
      arrivals: stream({
        types: ['bad', 'bad', 'seen', 'seen', 'right', 'tick'],
        maxDelayHours: delayHours,
      }),
      until: until(),
    })
    .map(({ arrivals, until: hour, ...blocks }) => ({
      rule: ruleWith(compact(blocks)),
      arrivals,
      untilMs: untilOf(arrivals, hour),
      calendars: {},
      disorderMs: delayHours * HOUR_MS,
    }));
}

const facts = [
  { ratio: 'data.n / data.q' },
  { ratio: 'data.n * 2 + 1' },
  { ratio: 'hours(time, data.t)' },
  { ratio: 'minus(data.v, data.v)' },
  { ratio: 'size(data.l) > 1 ? data.n : data.q' },
  { ratio: 'has(data.n) ? 1.0 : 2.0' },
];

function detect(lateHours: number): fc.Arbitrary<RawRule> {
  const each = fc
    .record({
      event: fc.constant('seen'),
      by: fc.constantFrom('data.g', 'data.s', 'customerid'),
      over: fc.constantFrom('3h', '6h', '30d'),
      where: rarely(
        fc.constantFrom<RawRule>(
          { 'data.n': { eq: { field: 'trigger.data.n' } } },
          { 'data.n': { in: { field: 'trigger.data.l' } } },
          { 'data.q': { gte: 1 } },
        ),
        2,
      ),
    })
    .map(compact);
  return fc
    .record({
      event: fc.constant('bad'),
      by: fc.constantFrom('data.k', undefined, 'data.n'),
      let: fc.constantFrom<RawRule>(undefined, ...facts),
      has_where: fc.boolean(),
      where: conditions(['ratio']),
      plain: conditions(),
      for_each: rarely(each, 3),
    })
    .map(({ has_where: hasWhere, plain, where, ...rest }) =>
      compact({
        type: 'event',
        ...rest,
        where: hasWhere ? (rest.let ? where : plain) : undefined,
        allow_late: lateHours > 0 ? `${lateHours}h` : undefined,
      }),
    );
}

/** Single events and `for_each`. */
export const eventCase: fc.Arbitrary<RuleCase> = drawn(0, 4);

/** The same with `allow_late`. */
export const lateEventCase: fc.Arbitrary<RuleCase> = drawn(3, 3);
