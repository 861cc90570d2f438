import fc from 'fast-check';
import { formatDuration, parseDuration, parseDurationParts } from './duration';

describe('duration', () => {
  it.each([
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['2d', 172_800_000],
    ['1d12h', 129_600_000],
    ['90s', 90_000],
    ['0s', 0],
    ['1d1h1m1s', 90_061_000],
    ['0d', 0],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '5',
    'm',
    '5 m',
    '1h1d',
    '1h1h',
    '1.5h',
    '-1h',
    '+1h',
    '1w',
    '1M',
    '1H',
    '1h ',
    'P1D',
    '1ms',
  ])('%p is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('is at most a hundred years', () => {
    expect(parseDuration('36525d')).toBe(36_525 * 86_400_000);
    expect(parseDuration('36525d1s')).toBeUndefined();
    expect(parseDuration('999999999d')).toBeUndefined();
    expect(parseDuration('9'.repeat(400) + 's')).toBeUndefined();
  });

  it('keeps days apart from the rest, for calendars', () => {
    expect(parseDurationParts('24h')).toEqual({ days: 0, restMs: 86_400_000 });
    expect(parseDurationParts('1d12h')).toEqual({ days: 1, restMs: 43_200_000 });
  });

  it('writes whole seconds so that they read the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 3_000_000_000 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});
