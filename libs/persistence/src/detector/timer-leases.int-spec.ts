import { useTestDatabase, waitFor } from '@amends/testing';
import { TimerLeases } from './timer-leases';

const LEASE_MS = 600;
const ALL = Array.from({ length: 16 }, (_, shard) => shard);

const database = useTestDatabase();

const open = (name: string) => new TimerLeases(database().pool, name, LEASE_MS);

async function settled(...leases: readonly TimerLeases[]): Promise<number[]> {
  for (let round = 0; round < 2; round += 1) for (const one of leases) await one.renew();
  return leases.flatMap((one) => one.shards).sort((a, b) => a - b);
}

it('one detector holds every shard; a second takes over its share, and none is held twice', async () => {
  const [a, b] = [open('a'), open('b')];
  expect(await settled(a)).toEqual(ALL);
  await b.renew();
  expect(b.shards).toEqual([]);
  expect(await settled(a, b)).toEqual(ALL);
  expect([a.shards.length, b.shards.length]).toEqual([8, 8]);
  await a.release();
  expect(a.shards).toEqual([]);
  await b.renew();
  expect(b.shards).toEqual(ALL);
  await b.release();
});

it('whoever dies is replaced when its lease ends', async () => {
  const [a, b] = [open('a'), open('b')];
  await settled(a, b);
  // From here on nobody hears of a any more.
  const startMs = performance.now();
  await waitFor(
    async () => {
      await b.renew();
      return b.shards.length === ALL.length;
    },
    { timeoutMs: 5_000, pollMs: 50 },
  );
  expect(performance.now() - startMs).toBeGreaterThan(LEASE_MS / 2);
  expect(a.shards).toEqual([]);
  await b.release();
});
