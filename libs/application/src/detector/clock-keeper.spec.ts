import type { EventSource } from '../events/event-source';
import type { PositionStore } from '../events/position-store';
import { ClockKeeper, type ClockStore } from './clock-keeper';

const START_MS = 1_000_000;

/** A topic with partitions that end there, read up to there, at a database's time. */
function keeperOf(ends: readonly bigint[], positions: bigint[], now: { ms: number }): ClockKeeper {
  const source = {
    name: 'kafka',
    topics: ['t'],
    ends: () =>
      Promise.resolve(ends.map((end, partition) => ({ topic: 't', partition, start: 0n, end }))),
  } as unknown as EventSource;
  const read = () =>
    Promise.resolve(
      positions.map((nextOffset, partition) => ({ topic: 't', partition, nextOffset })),
    );
  const store = {
    now: () => Promise.resolve({ nowMs: now.ms, ownEventsMs: null }),
    advance: () => Promise.resolve(),
  } as unknown as ClockStore;
  return new ClockKeeper({ source, positions: { read } as unknown as PositionStore, store });
}

const readUpTo = (partition: number, position: bigint) => [{ topic: 't', partition, position }];

describe('ClockKeeper', () => {
  it('says when the last of a backlog has been read, once', async () => {
    const now = { ms: START_MS };
    const keeper = keeperOf([100n, 100n], [0n, 0n], now);
    await keeper.tick();
    now.ms += 10_000;
    await keeper.tick();
    expect(keeper.hasCaughtUp(readUpTo(0, 99n))).toBe(false);
    expect(keeper.hasCaughtUp(readUpTo(0, 100n))).toBe(false);
    expect(keeper.hasCaughtUp(readUpTo(1, 100n))).toBe(true);
    expect(keeper.hasCaughtUp(readUpTo(1, 120n))).toBe(false);
  });

  it('says nothing while what arrives is read in time', async () => {
    const now = { ms: START_MS };
    const positions = [90n];
    const keeper = keeperOf([100n], positions, now);
    await keeper.tick();
    now.ms += 250;
    await keeper.tick();
    expect(keeper.hasCaughtUp(readUpTo(0, 100n))).toBe(false);
  });

  it('begins anew with each tick', async () => {
    const now = { ms: START_MS };
    const positions = [0n, 0n];
    const keeper = keeperOf([100n, 100n], positions, now);
    await keeper.tick();
    now.ms += 10_000;
    await keeper.tick();
    positions.splice(0, 2, 100n, 100n);
    await keeper.tick();
    expect(keeper.hasCaughtUp(readUpTo(0, 100n))).toBe(false);
    expect(keeper.clockOf('t')).toBe(now.ms);
  });
});
