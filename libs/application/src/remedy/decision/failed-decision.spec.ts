import { isOurs, retryWaitMs } from './failed-decision';

const coded = (code: string) => Object.assign(new Error('x'), { code });

describe('a decision that failed', () => {
  it.each(['22P02', '23505', '42883', 'P0001', 'XX000'])('is to blame for %s', (code) => {
    expect(isOurs(coded(code))).toBe(true);
  });

  it.each(['40P01', '40001', '57P01', '53300', '08006', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'])(
    'is not to blame for %s',
    (code) => {
      expect(isOurs(coded(code))).toBe(false);
    },
  );

  it('is to blame for what its rule throws, not for a lost connection', () => {
    expect(isOurs(new Error('not a money: 5'))).toBe(true);
    expect(isOurs(new Error('Connection terminated unexpectedly'))).toBe(false);
  });

  it('waits longer each time, up to five minutes', () => {
    expect([1, 2, 3, 10, 30].map(retryWaitMs)).toEqual([500, 1_000, 2_000, 256_000, 300_000]);
  });
});
