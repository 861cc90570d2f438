import type { EdgeCase } from './edges/edge-case';
import { summary } from './edges/edge-case';
import { edgeGroups } from './edges/edge-groups';
import { oracle } from './oracle';
import { instantAt, writtenArrivals } from './written-test';

describe.each(edgeGroups)('%s', (_group, cases) => {
  test.each(cases.map((one): [string, string, EdgeCase] => [one.sentence, one.name, one]))(
    '%s – %s',
    (_sentence, _name, { rule, events, until, expect: expected, calendars = {} }) => {
      const arrivals = writtenArrivals(events);
      const incidents = oracle(rule, arrivals, { untilMs: instantAt(until), calendars });
      expect(incidents.map(summary)).toEqual(expected);
    },
  );
});
