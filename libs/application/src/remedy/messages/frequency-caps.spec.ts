import { cappedUntilMs, longestCapMs } from './frequency-caps';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-03-02T00:00:00Z');
const ago = (hours: number, channel = 'email') => ({ channel, atMs: NOW_MS - hours * HOUR_MS });
const inHours = (untilMs: number | undefined) =>
  untilMs === undefined ? undefined : (untilMs - NOW_MS) / HOUR_MS;

describe('frequency caps', () => {
  it.each([
    ['nothing sent', [], undefined],
    ['one of two sent', [ago(3)], undefined],
    ['two sent: until the older has left the span', [ago(3), ago(20)], 4],
    ['three sent: until the second newest has', [ago(20), ago(1), ago(3)], 21],
    ['one exactly a span ago counts no more', [ago(24), ago(1)], undefined],
  ])('let two in 24 h through: %s', (_name, sent, hours) => {
    expect(inHours(cappedUntilMs([{ times: 2, over: '24h' }], sent, 'email', NOW_MS))).toBe(hours);
  });

  it('all hold, and the longest wait counts', () => {
    const caps = [
      { times: 1, over: '2h' },
      { times: 2, over: '7d' },
    ];

    expect(inHours(cappedUntilMs(caps, [ago(1), ago(24)], 'email', NOW_MS))).toBe(6 * 24);
  });

  it('of one channel do not count another', () => {
    const caps = [{ channel: 'sms', times: 1, over: '1d' }];

    expect(cappedUntilMs(caps, [ago(1, 'sms')], 'email', NOW_MS)).toBeUndefined();
    expect(cappedUntilMs(caps, [ago(1, 'email')], 'sms', NOW_MS)).toBeUndefined();
    expect(inHours(cappedUntilMs(caps, [ago(1, 'sms')], 'sms', NOW_MS))).toBe(23);
  });

  it('look back as far as the longest reaches', () => {
    expect(longestCapMs([])).toBe(0);
    expect(
      longestCapMs([
        { times: 1, over: '2h' },
        { times: 9, over: '3d' },
      ]),
    ).toBe(72 * HOUR_MS);
  });
});
