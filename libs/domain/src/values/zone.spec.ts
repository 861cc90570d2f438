import fc from 'fast-check';
import { findZone, instantOfWallTime, type Zone } from './zone';

const zone = (name: string): Zone => findZone(name) as Zone;
const iso = (ms: number): string => new Date(ms).toISOString();

describe('zone', () => {
  it.each(['Mars/Phobos', '', 'local', 'system', 'utc+8'])('%p is none', (name) => {
    expect(findZone(name)).toBeUndefined();
  });

  it('takes fixed offsets', () => {
    expect(zone('+05:30').offsetMs(0)).toBe(19_800_000);
    expect(zone('-03:00').offsetMs(0)).toBe(-10_800_000);
  });

  it('a wall time that comes twice is its first instant', () => {
    const wall = Date.UTC(2026, 9, 25, 1, 30);
    expect(iso(instantOfWallTime(zone('Europe/London'), wall))).toBe('2026-10-25T00:30:00.000Z');
  });

  it('a wall time that is jumped over is the instant of the jump', () => {
    const wall = Date.UTC(2026, 2, 29, 1, 30);
    expect(iso(instantOfWallTime(zone('Europe/London'), wall))).toBe('2026-03-29T01:00:00.000Z');
  });

  it('knows days that begin at one o’clock, and a day that never was', () => {
    // Havana goes to summer time at midnight; Samoa left out 30 December 2011.
    const havana = instantOfWallTime(zone('America/Havana'), Date.UTC(2026, 2, 8));
    expect(iso(havana)).toBe('2026-03-08T05:00:00.000Z');
    const apia = zone('Pacific/Apia');
    expect(iso(instantOfWallTime(apia, Date.UTC(2011, 11, 30, 12)))).toBe(
      '2011-12-30T10:00:00.000Z',
    );
  });

  it('finds the first instant that shows at least the wall time', () => {
    const zones = [
      'Europe/London',
      'America/New_York',
      'Asia/Shanghai',
      'Australia/Lord_Howe',
      'UTC',
    ];
    const minute = fc.integer({ min: 0, max: 525_600 * 3 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (name, minutes) => {
        const z = zone(name);
        const wall = Date.UTC(2024, 0, 1) + minutes * 60_000;
        const found = instantOfWallTime(z, wall);
        const shows = (ms: number): number => ms + z.offsetMs(ms);
        expect(shows(found)).toBeGreaterThanOrEqual(wall);
        for (let back = 1; back <= 180; back += 1) {
          expect(shows(found - back * 60_000)).not.toBe(wall);
        }
        expect(shows(found - 1)).toBeLessThan(wall);
      }),
      { numRuns: 60 },
    );
  });
});
