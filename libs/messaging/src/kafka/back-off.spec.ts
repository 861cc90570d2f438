import { BackOff } from './back-off';

describe('a back-off', () => {
  it('doubles up to its bound, spread by a fifth, and begins anew after a reset', () => {
    const backOff = new BackOff({ firstMs: 100, mostMs: 350 });
    for (const wanted of [100, 200, 350, 350]) {
      const taken = backOff.take();
      expect(taken).toBeGreaterThanOrEqual(wanted * 0.8);
      expect(taken).toBeLessThanOrEqual(wanted * 1.2);
    }
    backOff.reset();
    expect(backOff.take()).toBeLessThanOrEqual(120);
  });
});
