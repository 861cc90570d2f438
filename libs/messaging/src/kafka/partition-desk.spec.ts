import type { ClaimedPosition, Fence, PartitionEnd, PositionStore } from '@amends/application';
import { waitFor } from '@amends/testing';
import type { Consumer } from 'kafkajs';
import { PartitionDesk } from './partition-desk';

const PART = { topic: 'delivery.events', partition: 3 };

/** A desk that is told these ends, one after the other; the last again and again. */
function deskWith(ends: readonly bigint[]) {
  const stops: string[] = [];
  const seeks: string[] = [];
  let asked = 0;
  const fence = { ...PART, source: 'kafka', epoch: 7n, expected: 3_023n, stopped: null };
  const positions = {
    claim: () => Promise.resolve([fence as ClaimedPosition]),
    stop: (_: Fence, why: string) => Promise.resolve(void stops.push(why)),
    read: () => Promise.resolve([]),
  } as unknown as PositionStore;
  const consumer = {
    pause: () => undefined,
    resume: () => undefined,
    seek: ({ offset }: { offset: string }) => seeks.push(offset),
  } as unknown as Consumer;
  const desk = new PartitionDesk({
    positions,
    source: 'kafka',
    owner: 'me',
    ends: (): Promise<PartitionEnd[]> => {
      const end = ends[Math.min(asked, ends.length - 1)] ?? 0n;
      asked += 1;
      return Promise.resolve([{ ...PART, start: 0n, end }]);
    },
    onError: (error) => {
      throw error;
    },
    onAssigned: () => undefined,
    onStopped: () => undefined,
    onReleased: () => undefined,
  });
  desk.take(consumer, { [PART.topic]: [PART.partition] });
  return { desk, stops, seeks };
}

describe('a stored position beyond the end of its partition', () => {
  it('is read on from when only the end was old: the process slept between the two questions', async () => {
    const { desk, stops, seeks } = deskWith([2_621n, 3_400n]);

    await waitFor(() => desk.ready().length === 1);
    expect({ stops, seeks }).toEqual({ stops: [], seeks: ['3023'] });
    desk.dropAll();
  });

  it('is read on from when the broker finds its last records again a moment later', async () => {
    const { desk, stops } = deskWith([2_621n, 2_621n, 3_023n]);

    await waitFor(() => desk.ready().length === 1);
    expect(stops).toEqual([]);
    desk.dropAll();
  });

  it('stops the partition when it stays so', async () => {
    const { desk, stops, seeks } = deskWith([2_621n]);

    await waitFor(() => desk.stopped().length === 1);
    expect(stops).toEqual(['the stored position is 3023, and the topic now has 0 to 2621']);
    expect(seeks).toEqual([]);
    desk.dropAll();
  });
});
