import { beginsAnew, periodKey } from './budget-period';

const at = (text: string) => Date.parse(text);

describe('the period of a budget', () => {
  it.each([
    ['day', '2026-03-01T23:59:59Z', '2026-03-01'],
    ['month', '2026-03-31T23:59:59Z', '2026-03'],
    ['ever', '2026-03-31T23:59:59Z', 'ever'],
  ] as const)('%s is named by UTC', (period, time, key) => {
    expect(periodKey(period, at(time))).toBe(key);
  });

  it.each([
    ['a later month', 'month', '2026-03', '2026-04-01T00:00:00Z', true],
    ['the same month', 'month', '2026-03', '2026-03-31T00:00:00Z', false],
    [
      'an earlier month: what is decided late counts in the one that runs',
      'month',
      '2026-03',
      '2026-02-01T00:00:00Z',
      false,
    ],
    ['the next year', 'month', '2026-12', '2027-01-01T00:00:00Z', true],
    ['a later day', 'day', '2026-03-01', '2026-03-02T00:00:00Z', true],
    ['a budget that was never used', 'month', '', '2026-03-01T00:00:00Z', false],
    ['a budget for ever', 'ever', 'ever', '2030-01-01T00:00:00Z', false],
  ] as const)('begins anew: %s', (_name, period, current, time, expected) => {
    expect(beginsAnew(period, current, at(time))).toBe(expected);
  });
});
