import fc from 'fast-check';
import { bucket } from './bucket';

describe('semantics 6: rollout bucket', () => {
  it('is the same in every process and version', () => {
    expect([
      bucket('late-delivery', 'c_123'),
      bucket('late-delivery', 'c_124'),
      bucket('vod-poor-playback', 'c_123'),
      bucket('late-delivery', '客户'),
      bucket('', ''),
    ]).toEqual([14, 12, 37, 48, 94]);
  });

  it('is a whole number from 0 to 99, so that 5 % ⊂ 20 % ⊂ 100 %', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (rule, customer) => {
        const number = bucket(rule, customer);
        expect(Number.isInteger(number) && number >= 0 && number < 100).toBe(true);
        if (number < 5) expect(number < 20).toBe(true);
      }),
    );
  });

  it.each<[string, (n: number) => string]>([
    ['numbers', (n) => `c${n}`],
    ['padded numbers', (n) => String(n).padStart(12, '0')],
    ['e-mail addresses', (n) => `someone.${n}@example.org`],
    ['hexadecimal ids', (n) => (n * 2654435761).toString(16)],
  ])('spreads customers named by %s evenly', (_name, customer) => {
    const counts = Array<number>(100).fill(0);
    const total = 40_000;
    for (let n = 0; n < total; n += 1) {
      const number = bucket('late-delivery', customer(n));
      counts[number] = (counts[number] ?? 0) + 1;
    }
    // Chi-squared with 99 degrees of freedom stays below 170 in all but one of 100,000 fair draws.
    const expected = total / 100;
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi).toBeLessThan(170);
  });

  it('chooses other customers under another rule', () => {
    let both = 0;
    let first = 0;
    for (let n = 0; n < 50_000; n += 1) {
      if (bucket('rule-a', `c${n}`) >= 20) continue;
      first += 1;
      if (bucket('rule-b', `c${n}`) < 20) both += 1;
    }
    expect(both / first).toBeGreaterThan(0.18);
    expect(both / first).toBeLessThan(0.22);
  });

  it('tells rule and customer apart', () => {
    const pairs = ['a', 'b', 'c', 'd', 'e'].map((c) => [
      bucket(`x${c}`, 'y'),
      bucket('x', `${c}y`),
    ]);
    expect(pairs.some(([a, b]) => a !== b)).toBe(true);
  });
});
