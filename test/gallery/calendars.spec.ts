import { readCalendars } from './gallery-files';

const calendars = readCalendars();

function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

function isWeekend(date: string): boolean {
  return [0, 6].includes(weekday(date));
}

/** Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, ch. 8). */
function easterSunday(year: number): Date {
  const a = year % 19;
  const [b, c] = [Math.floor(year / 100), year % 100];
  const [d, e] = [Math.floor(b / 4), b % 4];
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const [i, k] = [Math.floor(c / 4), c % 4];
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return new Date(Date.UTC(year, Math.floor(n / 31) - 1, (n % 31) + 1));
}

describe('the calendars', () => {
  it.each(calendars)('$name names its source and years, and no day outside of them', (file) => {
    const { id, holidays, source, years } = file.document;

    expect(id).toBe(file.name);
    expect(source).not.toBe('');
    expect(new Set(holidays.map((date) => Number(date.slice(0, 4))))).toEqual(new Set(years));
  });

  it.each(calendars)('$name lists real days, in order, each once', ({ document: { holidays } }) => {
    for (const date of holidays) {
      expect(new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date);
    }
    expect([...new Set(holidays)].sort()).toEqual(holidays);
  });

  it('England and Wales have eight bank holidays a year, all on weekdays', () => {
    const { holidays, years } = named('uk-working-days');

    for (const year of years) {
      expect(holidays.filter((date) => date.startsWith(String(year)))).toHaveLength(8);
    }
    expect(holidays.filter(isWeekend)).toEqual([]);
  });

  it('England and Wales are free on Good Friday and Easter Monday', () => {
    const { holidays, years } = named('uk-working-days');

    for (const year of years) {
      const sundayMs = easterSunday(year).getTime();
      const dates = [-2, 1].map((days) => new Date(sundayMs + days * 86_400_000).toISOString());
      for (const date of dates) expect(holidays).toContain(date.slice(0, 10));
    }
  });

  it('China makes up for long holidays on weekends, none of them a holiday', () => {
    const { holidays, makeup_working_days: makeup = [] } = named('cn-working-days');

    expect(makeup.length).toBeGreaterThan(0);
    expect(makeup.filter((date) => !isWeekend(date) || holidays.includes(date))).toEqual([]);
  });
});

function named(id: string) {
  const found = calendars.find((file) => file.document.id === id);
  if (found === undefined) throw new Error(`no calendar ${id}`);
  return found.document;
}
