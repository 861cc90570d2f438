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
      pay: fc.oneof(simplePay(), fc.constant(byValue)),
      arrivals: stream({ types: ['bad', 'bad', 'bad', 'tick'], maxDelayHours: delayHours }),
      until: until(),
    })
    .map(({ detect: drawnDetect, pay, arrivals, until: hour }) => ({
      rule: ruleWith({ detect: drawnDetect, pay }),
      arrivals,
      untilMs: untilOf(arrivals, hour),
      calendars: {},
      disorderMs: delayHours * HOUR_MS,
    }));
}

const byValue = {
  as: 'credit',
  amount: { bands: 'value', steps: [0, 1, 2, 3].map((from) => ({ from, pay: `${from}.50 EUR` })) },
};

function detect(lateHours: number): fc.Arbitrary<RawRule> {
  const number = fc.constantFrom('data.n', 'data.v');
  const measure = fc.oneof<fc.Arbitrary<RawRule>[]>(
    fc.constant('count'),
    fc
      .tuple(fc.constantFrom('sum', 'min', 'max'), number)
      .map(([name, path]) => ({ [name]: path })),
    fc.constant({ avg: 'data.n' }),
    fc.constantFrom('data.s', 'data.n', 'data.g').map((distinct) => ({ distinct })),
    conditions().map((share) => ({ share })),
    fc.constant({ ratio: ['data.n', 'data.q'] }),
  );
  return fc
    .record({
      event: fc.constant('bad'),
      by: fc.constantFrom('data.k', 'data.k', 'customerid'),
      over: fc.constantFrom('2h', '3h', '6h'),
      measure,
      operator: fc.constantFrom('gte', 'gte', 'gt', 'lte', 'eq'),
      bound: fc.constantFrom(2, 3, 1, 0.5, 0.8),
      min_events: fc.constantFrom(1, 2, 3),
      has_min: fc.boolean(),
      where: rarely(conditions(), 3),
    })
    .map(({ operator, bound, min_events: fewest, has_min: hasMin, ...rest }) => {
      const needs = ['avg', 'share', 'ratio'].some((name) => Object.hasOwn(rest.measure, name));
      return compact({
        type: 'window',
        ...rest,
        is: { [operator]: bound },
        min_events: needs || hasMin ? fewest : undefined,
        allow_late: lateHours > 0 ? `${lateHours}h` : undefined,
      });
    });
}

/** Windows, with late arrivals that are looked at as they come. */
export const windowCase: fc.Arbitrary<RuleCase> = drawn(0, 4);

/** Windows that wait for `allow_late`. */
export const lateWindowCase: fc.Arbitrary<RuleCase> = drawn(3, 3);
