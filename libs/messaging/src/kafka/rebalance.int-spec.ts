import type { EventBatch } from '@amends/application';
import { waitFor } from '@amends/testing';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

/** A handler that stops in front of its nth batch until it is let go, and notes every outcome. */
function gate(before: number) {
  let seen = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const outcomes: { batch: EventBatch; outcome: string }[] = [];
  const around =
    (next: (batch: EventBatch) => Promise<'done' | 'fenced'>) => async (batch: EventBatch) => {
      seen += 1;
      if (seen === before) await opened;
      const outcome = await next(batch);
      outcomes.push({ batch, outcome });
      return outcome;
    };
  return { around, outcomes, open, isHeld: () => seen >= before };
}

describe('a rebalance in the middle of a batch', () => {
  let rig: StreamRig;

  beforeEach(async () => {
    rig = await StreamRig.start(2);
  });

  afterEach(() => rig.stop());

  it('guarantee 2: what is left of the batch is dropped, and read under the new assignment', async () => {
    const sent = numbered('left', 100);
    await rig.produce(sent);
    const held = gate(2);
    const one = await rig.read('one', { chunkMax: 10 }, held.around);
    await waitFor(() => held.isHeld(), { timeoutMs: 30_000 });
    // The group waits for the first member: its next heartbeat tells it.
    const joining = rig.read('two');
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    held.open();
    const two = await joining;
    await rig.hasRead(sent);
    await waitFor(() => one.assignments().length === 1 && two.assignments().length === 1, {
      timeoutMs: 30_000,
    });

    const epochs = held.outcomes.map(({ batch }) => batch.fence.epoch);
    const underOld = epochs.filter((epoch) => epoch === epochs[0]);
    // Two chunks of the ten it had fetched: the heartbeat after the second ended the rest.
    expect(underOld).toHaveLength(2);
    expect(held.outcomes.every(({ outcome }) => outcome === 'done')).toBe(true);
    expect(rig.errors).toEqual([]);
  });

  it('guarantee 2: a zombie held beyond its session is fenced out, and its batch with it', async () => {
    const sent = numbered('zombie', 100);
    await rig.produce(sent);
    const held = gate(2);
    const one = await rig.read('one', { chunkMax: 10, sessionTimeoutMs: 2_000 }, held.around);
    await waitFor(() => held.isHeld(), { timeoutMs: 30_000 });
    // Silent for longer than its session, it is put out of the group, and the other has it all.
    const two = await rig.read('two', { sessionTimeoutMs: 2_000 });
    await rig.hasRead(sent, 60_000);
    expect(two.assignments()).toHaveLength(2);

    held.open();
    await waitFor(() => held.outcomes.length === 2);
    expect(held.outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'fenced']);
    await waitFor(() => one.assignments().length === 1 && two.assignments().length === 1, {
      timeoutMs: 30_000,
    });
    const after = numbered('after', 40);
    await rig.produce(after.slice(0, 20), 0);
    await rig.produce(after.slice(20), 1);
    await rig.hasRead([...sent, ...after]);
    const readers = (await rig.rows())
      .filter(({ value }) => value.startsWith('after'))
      .map(({ reader }) => reader);
    expect([...new Set(readers)].sort()).toEqual(['one', 'two']);
    // What it read before it fell silent stays its own; nothing came twice (hasRead).
    const own = (await rig.rows()).filter(({ value }) => value.startsWith('zombie'));
    expect(own.filter(({ reader }) => reader === 'one')).toHaveLength(10);
  });

  it('guarantee 2: nothing is lost or doubled while members join and leave in a storm', async () => {
    const sent = numbered('storm', 400);
    const stays = await rig.read('stays', { chunkMax: 5 }, (next) => async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return next(batch);
    });
    for (let round = 0; round < 5; round += 1) {
      await rig.produce(sent.slice(round * 80, round * 80 + 40), 0);
      await rig.produce(sent.slice(round * 80 + 40, round * 80 + 80), 1);
      const guest = await rig.read(`guest-${String(round)}`);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await rig.stopReader(guest);
    }
    await rig.hasRead(sent);
    await waitFor(() => stays.assignments().length === 2, { timeoutMs: 30_000 });
  });
});
