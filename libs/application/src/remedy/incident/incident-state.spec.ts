import type { CompensationState } from '../model/compensation';
import { incidentStateOf } from './incident-state';

describe('the state of an incident', () => {
  const state = (
    compensations: readonly CompensationState[],
    { mayGrow = false, isRefuted = false } = {},
  ) => incidentStateOf({ compensations, mayGrow, isRefuted });

  it.each([
    ['nothing', [], undefined],
    ['settled', ['settled'], 'paid'],
    ['on its way', ['sending'], 'paying'],
    ['an unknown outcome', ['unknown'], 'paying'],
    ['waiting for a person', ['awaiting_approval'], 'review'],
    ['held', ['held'], 'held'],
    ['failed', ['failed'], 'failed'],
    ['rejected', ['rejected'], 'dismissed'],
    ['reversed', ['reversed'], 'reversed'],
    ['withdrawn', ['withdrawn'], 'dismissed'],
    ['a unit that waits, beside one that is paid', ['settled', 'awaiting_approval'], 'review'],
    ['a unit that failed, beside one that is paid', ['settled', 'failed'], 'failed'],
    ['one rejected, beside one that is paid', ['rejected', 'settled'], 'paid'],
  ] as const)('with %s', (_name, compensations, expected) => {
    expect(state(compensations)).toBe(expected);
  });

  it('is paying while it may still grow, whatever is paid', () => {
    expect(state(['settled'], { mayGrow: true })).toBe('paying');
    expect(state(['held'], { mayGrow: true })).toBe('held');
  });

  it('semantics 13: is refuted only if nothing of it stays', () => {
    expect(state(['withdrawn'], { isRefuted: true })).toBe('refuted');
    expect(state(['withdrawn', 'settled'], { isRefuted: true })).toBe('paid');
  });
});
