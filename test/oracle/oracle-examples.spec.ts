import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { RawRule } from './model';
import { oracle } from './oracle';
import { differences, instantAt, writtenArrivals } from './written-test';

const folder = join(__dirname, '../../../shared/spec/rules');
const rules = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), 'utf8')));

describe.each(rules.map((rule): [string, RawRule] => [rule.id, rule]))('%s', (_id, rule) => {
  const written: [string, RawRule][] = (rule.tests ?? []).map((test: RawRule) => [test.name, test]);
  test('reads its own events without an error', () => {
    expect(oracle(rule, [], { untilMs: instantAt('1d') })).toEqual([]);
  });
  if (written.length === 0) return;
  test.each(written)('%s', (_name, { events, until, expect: expected }) => {
    const incidents = oracle(rule, writtenArrivals(events), { untilMs: instantAt(until) });
    expect(differences(expected, incidents)).toEqual([]);
  });
});
