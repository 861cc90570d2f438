import { hours, play, rule, type Told } from './play';

/** `start@0 expect@3#id`: type, hour and, if it matters, id; in order of arrival. */
function story(text: string, data: Readonly<Record<string, object>> = {}): Told[] {
  return text.split(' ').map((word) => {
    const [, type = '', at = '', id] = /^([a-z]+)@([\d.]+)(?:#(\w+))?$/.exec(word) ?? [];
    const known = data[`${type}@${at}`];
    return {
      type,
      at: Number(at),
      ...(id === undefined ? {} : { id }),
      ...(known ? { data: known } : {}),
    };
  });
}

const deadline = { type: 'deadline', start: 'start', expect: 'expect', due: '2h' };
const accrue = { every: '1h', max: 9 };

type Row = readonly [sentence: string, detect: object, events: string, incidents: number[]];

const DEADLINES: readonly Row[] = [
  ['`expect` exactly at due + grace is kept', { grace: '1h' }, 'start@0 expect@3', []],
  ['a start in between changes nothing', {}, 'start@0 start@1', [2]],
  ['open means the incident included', {}, 'start@0 start@3 expect@5 start@6', [2, 8]],
  ['nor does a start older than one that has fired', {}, 'start@2 other@5 start@1', [4]],
  ['but an older one that comes before it fires opens', {}, 'start@2 start@1', [3]],
  ['an expect before the start keeps nothing', {}, 'expect@1 start@2', [4]],
  ['equal times: start, then expect', {}, 'expect@2 start@2', []],
  ['equal times: a start beside the expect changes nothing', {}, 'start@0 expect@1 start@1', []],
  ['a cancel later than due leaves the incident', { cancel: 'off' }, 'start@0 off@3', [2]],
  ['cancel: closed, no incident', { cancel: 'off' }, 'start@0 off@2', []],
  ['both expect and start closes, then opens', { expect: 'start' }, 'start@0 start@2', [4]],
  ['… late, it closes the incident and opens', { expect: 'start' }, 'start@0 start@3', [2, 5]],
  ['an extend moves the deadline', { extend: ['more'] }, 'start@0 more@1 expect@3', []],
  ['an extend at due + grace still moves', { extend: ['more'] }, 'start@0 more@2', [4]],
  ['an extend later than due moves nothing', { extend: ['more'] }, 'start@0 more@2.5', [2]],
  ['an extend earlier than the start moves nothing', { extend: ['more'] }, 'more@1 start@2', [4]],
  ['an extend after firing moves nothing', { extend: ['more'] }, 'start@0 other@5 more@1', [2]],
];

/** The expect of 1.5 h comes at 3.5 h. */
const IN_TIME = 'start@0 more@1 more@2 other@3.5 expect@1.5';

const BROKEN: readonly Row[] = [
  ['fires at the move’s time', {}, 'start@0 more@1 more@2', [2]],
  ['one move sent twice is one move', {}, 'start@0 more@1#m more@1#m', [3]],
  ['passing due makes no second incident', {}, 'start@0 more@1 more@2 other@90', [2]],
  ['fires after the lateness: an expect before it', { allow_late: '2h' }, IN_TIME, []],
];

describe('Edges, deadline', () => {
  it('due may be a fact, computed from the start, and anew from each event that moves it', () => {
    const detect = {
      ...deadline,
      extend: 'more',
      let: { soon: 'timestamp(time) + duration(start.data.grant)' },
      due: 'soon',
    };
    const events = story('start@0 more@1 start@9', {
      'start@0': { grant: '2h' },
      'start@9': { order: 'o2' },
    });
    expect(hours(play(rule(detect), events))).toEqual([3]);
  });

  test.each(DEADLINES)('%s', (_sentence, detect, events, incidents) => {
    expect(hours(play(rule({ ...deadline, ...detect }), story(events)))).toEqual(incidents);
  });

  test.each(BROKEN)('broken_if %s', (_sentence, detect, events, incidents) => {
    const broken = { extend: ['more'], broken_if: { moves: { gte: 2 } } };
    const compiled = rule({ ...deadline, ...broken, ...detect });
    expect(hours(play(compiled, story(events)))).toEqual(incidents);
  });

  test('due + grace before the start: the incident’s time is the start’s', () => {
    const data = { 'start@5': { due: '2026-03-01T02:00:00Z' } };
    const compiled = rule({ ...deadline, due: 'data.due' });
    expect(hours(play(compiled, story('start@5 expect@5', data)))).toEqual([5]);
  });

  test('refuted at once, a start that came in between opens in its own right', () => {
    const found = play(rule(deadline), story('start@0 start@1 other@3 expect@0.5'));
    expect(found.map(({ refuted }) => refuted)).toEqual([true, false]);
    expect(hours(found)).toEqual([2, 3]);
  });
});

/** Long after the case was closed the key goes on; nothing of it may come back to life. */
describe('Edges, deadline: what is forgotten after seven days goes as a whole', () => {
  const later = 'start@168.5 expect@169 start@170 expect@171';

  test('a start that changed nothing does not open when the older one is forgotten', () => {
    const data = {
      'start@0': { due: '2026-03-01T10:00:00Z' },
      'start@1': { due: '2026-03-01T02:00:00Z' },
      'start@168.5': { due: '2026-03-09T00:00:00Z' },
      'start@170': { due: '2026-03-09T00:00:00Z' },
    };
    const compiled = rule({ ...deadline, due: 'data.due' });
    expect(play(compiled, story(`start@0 start@1 expect@5 ${later}`, data))).toEqual([]);
  });

  test('a start that came long after its time does not outlive the expect that kept it', () => {
    const events = 'expect@1 other@100 start@0 start@173.5 expect@174 start@175 expect@176';
    expect(play(rule(deadline), story(events))).toEqual([]);
  });

  test('every move of an open promise counts, of the start’s type too', () => {
    const moving = { due: '20d', extend: ['start'], broken_if: { moves: { gte: 3 } } };
    const events = story('start@0 start@240 start@480 start@600');
    expect(hours(play(rule({ ...deadline, ...moving }), events))).toEqual([600]);
  });

  test('a settlement that is owed is kept until it is made', () => {
    const daily = { accrue: { every: '1d', max: 60 } };
    const pay = { as: 'credit', amount: { fixed: '5.00 EUR' }, settle: 'end' } as const;
    const compiled = rule({ ...deadline, ...daily }, { pay });
    const [found] = play(compiled, story('start@0 other@216 expect@36'));
    expect(found?.payments).toMatchObject([{ outcome: 'paid', amount: '10.00 EUR' }]);
  });
});

describe('accrue: one unit at due + grace and one more at each further step until `expect`', () => {
  const rows: readonly [string, string, number[]][] = [
    ['`expect` exactly at a step is in time for that step', 'start@0 expect@3', [2]],
    ['an expect after a step is late for it', 'start@0 expect@3.5', [2, 3]],
    ['a late cancel ends accrual', 'start@0 off@4', [2, 3]],
    ['a refuted incident accrues no more', 'start@0 other@3.5 expect@1', [2, 3]],
  ];

  test.each(rows)('%s', (_sentence, events, units) => {
    const compiled = rule({ ...deadline, cancel: 'off', accrue });
    const [found] = play(compiled, story(events));
    expect(hours(found?.payments as never)).toEqual(units);
  });

  test.each([
    ['max', { max: '12.00 EUR' }, '12.00 EUR'],
    ['min', { min: '20.00 EUR' }, '20.00 EUR'],
    ['approve_over, which the sum just reaches', { approve_over: '15.00 EUR' }, '15.00 EUR'],
  ])('settle: end: one sum, on which %s works once', (_name, more, amount) => {
    const pay = { as: 'credit', amount: { fixed: '5.00 EUR' }, settle: 'end', ...more } as const;
    const [found] = play(rule({ ...deadline, accrue }, { pay }), story('start@0 expect@5'));
    expect(found?.payments).toMatchObject([{ outcome: 'paid', amount }]);
  });
});

describe('Edges, equal times: an expect closes before a cancel of its instant, whichever came first', () => {
  test.each(['off@8 expect@8', 'expect@8 off@8'])('%s', (closings) => {
    const late = { let: { late: 'hours(expect.time, due)' }, accrue: { every: '2h', max: 3 } };
    const steps = [{ from: 0, pay: '5.00 EUR' }];
    const compiled = rule(
      { ...deadline, ...late, due: '1h', cancel: 'off', allow_late: '3h' },
      { pay: { as: 'credit', amount: { bands: 'late', steps } } },
    );
    const [found] = play(compiled, story(`start@0 ${closings}`));
    const outcomes = found?.payments.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['nothing', 'nothing', 'paid']);
  });
});

describe('semantics 2: the same (source, id) with another body', () => {
  test('is set aside: the first counts, the second is as if it had not come', () => {
    const compiled = rule({ type: 'event', event: 'failed', by: 'data.n' });
    const twice = [1, 2].map((n) => ({ type: 'failed', at: 1, id: 'same', data: { n } }));
    expect(play(compiled, twice).map(({ key }) => key)).toEqual([1]);
  });
});

describe('Edges, window and sequence', () => {
  const window = { type: 'window', event: 'failed', over: '10h', measure: 'count' };
  const sequence = { type: 'sequence', steps: ['one', 'two'], within: '10h', cancel: 'off' };
  const rows: readonly Row[] = [
    ['(t − over, t] leaves out its beginning', window, 'failed@0 failed@10', []],
    ['late arrivals at their place', window, 'failed@1 failed@12 failed@4', [4]],
    ['windows by their end', { ...window, is: { gte: 3 } }, 'failed@1 failed@5 failed@3', [5]],
    ['two events at one instant', window, 'failed@1#a failed@1#b', [1]],
    ['used up', window, 'failed@1 failed@2 failed@3 failed@1 failed@4', [2, 4]],
    ['last − first ≤ within', sequence, 'one@0 two@10', [10]],
    ['a cancel in between, ends included', sequence, 'one@0 off@3 two@3', []],
    ['a cancel arriving after the incident does not', sequence, 'one@0 two@3 off@3', [3]],
    ['after a cancel a newer first step', sequence, 'one@0 off@1 one@2 two@3', [3]],
    ['an event serves in one incident', sequence, 'one@0 two@1 two@2', [1]],
    ['steps are different events', { ...sequence, steps: ['one', 'one'] }, 'one@0 one@0', []],
    ['one type twice', { ...sequence, steps: ['one', 'one'] }, 'one@0 one@1 one@2 one@3', [1, 3]],
  ];

  test.each(rows)('%s', (_sentence, detect, events, incidents) => {
    const compiled = rule({ ...('measure' in detect ? { is: { gte: 2 } } : {}), ...detect });
    expect(hours(play(compiled, story(events)))).toEqual(incidents);
  });
});
