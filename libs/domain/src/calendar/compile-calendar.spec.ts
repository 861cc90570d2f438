import type { CalendarDocument } from '../rule-document';
import { compileCalendar } from './compile-calendar';

const london: CalendarDocument = {
  time_zone: 'Europe/London',
  working_days: [1, 2, 3, 4, 5],
  holidays: ['2026-04-03', '2026-04-06'],
};
const office = { ...london, hours: { from: '09:00', to: '17:00' } };
const plus = (doc: CalendarDocument, from: string, duration: string): string =>
  new Date(compileCalendar(doc).add(Date.parse(from), duration)).toISOString();

describe('calendar of whole days', () => {
  it.each([
    [
      'Monday, two days: Wednesday’s last instant',
      '2026-03-02T10:00Z',
      '2d',
      '2026-03-04T23:59:59.999Z',
    ],
    ['the start’s own day does not count', '2026-03-02T00:00Z', '1d', '2026-03-03T23:59:59.999Z'],
    ['Friday evening: Monday', '2026-03-06T23:59Z', '1d', '2026-03-09T23:59:59.999Z'],
    ['from a Saturday', '2026-03-07T12:00Z', '1d', '2026-03-09T23:59:59.999Z'],
    ['over holidays', '2026-04-02T12:00Z', '1d', '2026-04-07T22:59:59.999Z'],
    ['over the spring change of clocks', '2026-03-27T12:00Z', '1d', '2026-03-30T22:59:59.999Z'],
    ['hours count on working days only', '2026-03-06T22:00Z', '4h', '2026-03-09T02:00:00.000Z'],
    ['hours from a day off', '2026-03-07T12:00Z', '4h', '2026-03-09T04:00:00.000Z'],
    ['24h are no day', '2026-03-02T10:00Z', '24h', '2026-03-03T10:00:00.000Z'],
    ['a day and a half', '2026-03-02T10:00Z', '1d12h', '2026-03-04T11:59:59.999Z'],
    ['nothing, at any time', '2026-03-07T12:00Z', '0s', '2026-03-07T12:00:00.000Z'],
    ['no day, at any time', '2026-03-07T12:00Z', '0d', '2026-03-07T12:00:00.000Z'],
  ])('%s', (_name, from, duration, to) => {
    expect(plus(london, from, duration)).toBe(to);
  });

  it('runs in its own time zone, whatever the zone of the instant', () => {
    const china = { time_zone: 'Asia/Shanghai', working_days: [1, 2, 3, 4, 5, 6, 7], holidays: [] };
    expect(plus(china, '2026-03-02T15:59:59Z', '1d')).toBe('2026-03-03T15:59:59.999Z');
    expect(plus(china, '2026-03-02T16:00:00Z', '1d')).toBe('2026-03-04T15:59:59.999Z');
  });
});

describe('calendar with hours', () => {
  it.each([
    ['a day is as long as its hours', '2026-03-02T10:00Z', '1d', '2026-03-03T10:00:00.000Z'],
    ['only hours count', '2026-03-02T16:00Z', '2h', '2026-03-03T10:00:00.000Z'],
    ['from before the hours', '2026-03-02T03:00Z', '1h', '2026-03-02T10:00:00.000Z'],
    ['from after the hours', '2026-03-02T18:00Z', '1h', '2026-03-03T10:00:00.000Z'],
    ['up to the end of the day', '2026-03-02T15:00Z', '2h', '2026-03-02T17:00:00.000Z'],
    ['a full day ends with the day', '2026-03-02T09:00Z', '1d', '2026-03-02T17:00:00.000Z'],
    ['over a weekend', '2026-03-06T16:30Z', '1h', '2026-03-09T09:30:00.000Z'],
    [
      'over holidays and the change of clocks',
      '2026-04-02T15:30Z',
      '1h',
      '2026-04-07T08:30:00.000Z',
    ],
    ['days and hours together', '2026-03-02T10:00Z', '1d8h', '2026-03-04T10:00:00.000Z'],
    ['seconds', '2026-03-02T16:59:30Z', '90s', '2026-03-03T09:01:00.000Z'],
  ])('%s', (_name, from, duration, to) => {
    expect(plus(office, from, duration)).toBe(to);
  });

  it('says what is working time', () => {
    const { isOpen } = compileCalendar(office);
    const open = (at: string): boolean => isOpen(Date.parse(at));
    expect(open('2026-03-02T09:00Z')).toBe(true);
    expect(open('2026-03-02T16:59:59.999Z')).toBe(true);
    expect(open('2026-03-02T17:00Z')).toBe(false);
    expect(open('2026-03-02T08:59Z')).toBe(false);
    expect(open('2026-03-07T12:00Z')).toBe(false);
    expect(open('2026-04-03T12:00Z')).toBe(false);
    expect(open('2026-07-01T08:00Z')).toBe(true);
  });

  it('may work around the clock', () => {
    const always = { ...london, hours: { from: '00:00', to: '24:00' } };
    expect(plus(always, '2026-03-02T10:00Z', '1d')).toBe('2026-03-03T10:00:00.000Z');
  });
});

describe('calendar', () => {
  it.each<[string, Partial<CalendarDocument>]>([
    ['an unknown zone', { time_zone: 'Mars/Phobos' }],
    ['no working day', { working_days: [] }],
    ['a holiday that is no date', { holidays: ['2026-02-30'] }],
    ['a holiday with a time', { holidays: ['2026-02-20T00:00:00Z'] }],
    ['hours that end before they begin', { hours: { from: '17:00', to: '09:00' } }],
    ['hours that are none', { hours: { from: '9', to: '17:00' } }],
    ['hours beyond the day', { hours: { from: '09:00', to: '24:30' } }],
  ])('refuses %s', (_name, wrong) => {
    expect(() => compileCalendar({ ...london, ...wrong })).toThrow();
  });

  it('finds its way through a hundred years', () => {
    expect(plus(london, '2026-03-02T10:00Z', '36525d').slice(0, 4)).toBe('2166');
    const oneHour = { ...london, working_days: [1], hours: { from: '09:00', to: '10:00' } };
    expect(plus(oneHour, '2026-03-02T10:00Z', '1000d').slice(0, 4)).toBe('2045');
  });
});
