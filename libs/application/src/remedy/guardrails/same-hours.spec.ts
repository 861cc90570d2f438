import { sameHours } from './same-hours';

const at = (text: string) => Date.parse(text);
const ends = (now: string, zone: string) =>
  new Map(sameHours(at(now), zone).map(({ ago, untilMs }) => [ago, new Date(untilMs)]));

describe('the same hour of earlier days', () => {
  it('is looked for on six days and in four weeks', () => {
    expect([...ends('2026-07-15T10:00:00Z', 'UTC').keys()]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 14, 21, 28,
    ]);
  });

  it('is the same on the wall, on both sides of a change to summer time', () => {
    // Noon in Berlin; clocks went forward on 29 March 2026.
    const noons = ends('2026-03-31T10:00:00Z', 'Europe/Berlin');

    expect(noons.get(0)).toEqual(new Date('2026-03-31T10:00:00Z'));
    expect(noons.get(1)).toEqual(new Date('2026-03-30T10:00:00Z'));
    expect(noons.get(3)).toEqual(new Date('2026-03-28T11:00:00Z'));
    expect(noons.get(28)).toEqual(new Date('2026-03-03T11:00:00Z'));
  });

  it('is that of the jump where the clocks jumped over it', () => {
    expect(ends('2026-03-30T00:30:00Z', 'Europe/Berlin').get(1)).toEqual(
      new Date('2026-03-29T01:00:00Z'),
    );
  });

  it('is so many times 24 hours ago in a zone that there is not', () => {
    expect(ends('2026-03-31T10:00:00Z', 'Mars/Olympus').get(7)).toEqual(
      new Date('2026-03-24T10:00:00Z'),
    );
  });
});
