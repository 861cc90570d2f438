import type { Steps } from '@amends/domain';
import { inSlices } from './in-slices';

function* count(to: number): Steps<number> {
  for (let n = 0; n < to; n += 1) yield;
  return to;
}

describe('work in slices', () => {
  it('comes to its end', async () => {
    expect(await inSlices(count(10), { totalMs: 1_000 })).toBe(10);
  });

  it('lets others have their turn', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await inSlices(count(Infinity), { sliceMs: 1, totalMs: 100 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });

  it('is given up when it takes too long', async () => {
    expect(await inSlices(count(Infinity), { totalMs: 20 })).toBeUndefined();
  });
});
