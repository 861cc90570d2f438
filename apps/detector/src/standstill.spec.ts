import { Standstill } from './standstill';

const at = (position: bigint, lag: bigint) => ({
  topic: 't',
  partition: 3,
  readThroughMs: null,
  position,
  lag,
});

describe('a standstill', () => {
  it('is found when records wait and the position has not moved for so long', () => {
    const standstill = new Standstill(10_000);
    standstill.sampled([at(5n, 2n)], 0);
    standstill.sampled([at(5n, 9n)], 9_000);
    expect(standstill.check(9_999).status).toBe('ok');
    expect(standstill.check(10_000)).toEqual({
      status: 'down',
      detail: 'events of t/3 wait, and none is being read',
    });
  });

  it('is none while anything is read, nor where nothing waits', () => {
    const standstill = new Standstill(10_000);
    standstill.sampled([at(5n, 2n)], 0);
    standstill.sampled([at(6n, 2n)], 9_000);
    expect(standstill.check(18_000).status).toBe('ok');
    standstill.sampled([at(6n, 0n)], 18_000);
    expect(standstill.check(40_000).status).toBe('ok');
    standstill.sampled([at(6n, 1n)], 41_000);
    expect(standstill.check(50_000).status).toBe('ok');
  });

  it('is not guessed at while the broker or the database does not answer', () => {
    const standstill = new Standstill(10_000);
    standstill.sampled([at(5n, 2n)], 0);
    standstill.sampled([at(5n, 2n)], 15_000);
    expect(standstill.check(15_000).status).toBe('down');
    expect(standstill.check(46_000).status).toBe('ok');
  });
});
