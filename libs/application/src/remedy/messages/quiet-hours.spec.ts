import { quietUntilMs } from './quiet-hours';

const NIGHT = { from: '21:00', to: '08:00' };
const at = (text: string) => Date.parse(text);

describe('quiet hours', () => {
  it.each([
    ['an evening', NIGHT, '2026-03-01T22:15:30Z', 'UTC', '2026-03-02T08:00:00Z'],
    ['a morning', NIGHT, '2026-03-01T07:59:59Z', 'UTC', '2026-03-01T08:00:00Z'],
    ['their first minute', NIGHT, '2026-03-01T21:00:00Z', 'UTC', '2026-03-02T08:00:00Z'],
    [
      "the customer's own evening",
      NIGHT,
      '2026-03-01T14:00:00Z',
      'Asia/Shanghai',
      '2026-03-02T00:00:00Z',
    ],
    [
      'a siesta',
      { from: '13:00', to: '15:30' },
      '2026-03-01T14:10:00Z',
      'UTC',
      '2026-03-01T15:30:00Z',
    ],
    [
      'a zone that is none counts as UTC',
      NIGHT,
      '2026-03-01T22:00:00Z',
      'Mars/Base',
      '2026-03-02T08:00:00Z',
    ],
  ])('hold a message until they end: %s', (_name, quiet, now, zone, until) => {
    expect(quietUntilMs(quiet, at(now), zone)).toBe(at(until));
  });

  it.each([
    ['by day', NIGHT, '2026-03-01T12:00:00Z'],
    ['in their last instant', NIGHT, '2026-03-01T08:00:00Z'],
    ['without any', null, '2026-03-01T23:00:00Z'],
    ['of no length', { from: '08:00', to: '08:00' }, '2026-03-01T08:00:00Z'],
    ['that cannot be read', { from: '25:00', to: '8' }, '2026-03-01T23:00:00Z'],
  ])('let a message pass: %s', (_name, quiet, now) => {
    expect(quietUntilMs(quiet, at(now), 'UTC')).toBeUndefined();
  });
});
