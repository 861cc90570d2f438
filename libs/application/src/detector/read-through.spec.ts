import { ReadThrough, topicClocks } from './read-through';

const END = { topic: 't', start: 0n };

function clockOf(clock: ReadThrough, atMs: number, ends: bigint[], positions: bigint[]) {
  const partitions = clock.sample(
    atMs,
    ends.map((end, partition) => ({ ...END, partition, end })),
    positions.map((nextOffset, partition) => ({ topic: 't', partition, nextOffset, epoch: 1n })),
  );
  return topicClocks(partitions).get('t');
}

describe('how far a topic has been read', () => {
  it('semantics 10: is not known before what waits has been read', () => {
    const clock = new ReadThrough();
    expect(clockOf(clock, 1_000, [10n], [4n])).toBeUndefined();
    expect(clockOf(clock, 1_250, [12n], [9n])).toBeUndefined();
    expect(clockOf(clock, 1_500, [15n], [10n])).toBe(1_000);
    expect(clockOf(clock, 1_750, [15n], [14n])).toBe(1_250);
    expect(clockOf(clock, 2_000, [15n], [15n])).toBe(2_000);
  });

  it('is that of the partition furthest behind, also of one nobody reads', () => {
    const clock = new ReadThrough();
    expect(clockOf(clock, 1_000, [3n, 7n], [3n, 7n])).toBe(1_000);
    expect(clockOf(clock, 2_000, [9n, 8n], [9n, 7n])).toBe(1_000);
    // A partition that was just added, and holds something.
    expect(clockOf(clock, 3_000, [9n, 8n, 1n], [9n, 8n])).toBeUndefined();
    expect(clockOf(clock, 4_000, [9n, 8n, 1n], [9n, 8n, 1n])).toBe(4_000);
  });

  it('goes on where nothing comes, in empty partitions too', () => {
    const clock = new ReadThrough();
    expect(clockOf(clock, 1_000, [0n, 5n], [0n, 5n])).toBe(1_000);
    expect(clockOf(clock, 9_000, [0n, 5n], [0n, 5n])).toBe(9_000);
  });

  it('is held by a long backlog without keeping every sample, and never runs ahead', () => {
    const clock = new ReadThrough();
    let lastMs = 0;
    for (let tick = 0; tick < 5_000; tick += 1) {
      clockOf(clock, tick * 250, [BigInt(tick * 10)], [0n]);
    }
    for (let position = 0n; position <= 49_990n; position += 100n) {
      const atMs = clockOf(clock, 5_000 * 250, [49_990n], [position]) ?? 0;
      const trueMs = Number(position / 10n) * 250;
      if (position < 49_990n) expect(atMs).toBeLessThanOrEqual(trueMs);
      expect(atMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = atMs;
    }
    expect(clockOf(clock, 5_001 * 250, [49_990n], [49_990n])).toBe(5_001 * 250);
  });

  it('forgets ends of a topic that was made anew', () => {
    const clock = new ReadThrough();
    expect(clockOf(clock, 1_000, [100n], [3n])).toBeUndefined();
    expect(clockOf(clock, 2_000, [3n], [3n])).toBe(2_000);
  });
});
