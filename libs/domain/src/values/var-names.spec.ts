import type { Detect } from '../rule-document';
import { varNamesOf } from './var-names';

const names = (detect: unknown): string[] => [...varNamesOf(detect as Detect)];

describe('names that a detect type gives', () => {
  it.each([
    [{ type: 'event', event: 'e' }, []],
    [{ type: 'event', event: 'e', for_each: {} }, ['trigger']],
    [{ type: 'window' }, ['value']],
    [{ type: 'sequence', steps: ['a', 'b', 'c'] }, ['step1', 'step2', 'step3']],
    [{ type: 'deadline' }, ['start', 'expect', 'due', 'moves', 'unit']],
  ])('%j: %j', (detect, expected) => {
    expect(names(detect)).toEqual(expected);
  });
});
