import { OwnEventsThrough } from './own-events-through';

describe('semantics 10: how far our own events have been read', () => {
  it('follows the topics while none waits', () => {
    const through = new OwnEventsThrough();

    expect(through.sample(1_000, null, Number.NEGATIVE_INFINITY)).toBeUndefined();
    expect(through.sample(1_250, null, 1_250)).toBe(1_249);
  });

  it('stands before the oldest that is not in the stream yet', () => {
    const through = new OwnEventsThrough();

    expect(through.sample(1_000, 400, 1_000)).toBe(399);
    expect(through.sample(2_000, 400, 2_000)).toBe(399);
    expect(through.sample(3_000, null, 3_000)).toBe(2_999);
  });

  it('counts one that went into the stream once the topics have been read through that moment', () => {
    const through = new OwnEventsThrough();
    expect(through.sample(1_000, 900, 1_000)).toBe(899);

    // In the stream now, behind a backlog that has been read to 1,000 only.
    expect(through.sample(2_000, null, 1_000)).toBe(899);
    expect(through.sample(3_000, null, 1_999)).toBe(899);
    expect(through.sample(4_000, null, 2_000)).toBe(1_999);
  });

  it('never goes back, and keeps a bounded number of moments', () => {
    const through = new OwnEventsThrough();
    expect(through.sample(1_000, null, 1_000)).toBe(999);
    expect(through.sample(1_250, 500, 1_250)).toBe(999);
    for (let now = 2_000; now < 400_000; now += 250) through.sample(now, null, 1_250);

    expect(through['samples'].length).toBeLessThan(601);
    expect(through.sample(400_000, null, 400_000)).toBe(399_999);
  });
});
