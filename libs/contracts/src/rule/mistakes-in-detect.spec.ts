import {
  deadlineDetect,
  windowDetect,
  deadline,
  detect,
  eventDetect,
  many,
  mistakes,
  sequence,
  window,
} from './rule-fixtures';

describe('mistakes in detect', () => {
  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'an unknown detect type',
      detect({ ...deadlineDetect(), type: 'deadlin' }),
      ['unknown_detect_type /detect/type'],
    ],
    [
      'no detect type',
      detect({ ...windowDetect(), type: undefined }),
      ['malformed_json /detect/type'],
    ],
    ['a type that is no text', detect({ ...windowDetect(), type: 3 }), ['wrong_type /detect/type']],
    ['a bad event type', detect(eventDetect({ event: 'a b' })), ['bad_event_type /detect/event']],
    [
      'an event type with an empty part',
      detect(eventDetect({ event: 'a..b' })),
      ['bad_event_type /detect/event'],
    ],
    [
      'keys of a deadline',
      detect(
        eventDetect({
          extend: 'a',
          broken_if: {},
          grace: '1h',
          calendar: 'x',
          accrue: {},
          repeat: {},
        }),
      ),
      ['extend', 'broken_if', 'grace', 'calendar', 'accrue', 'repeat'].map(
        (key) => `not_for_this_type /detect/${key}`,
      ),
    ],
    ['for_each elsewhere', window({ for_each: {} }), ['not_for_this_type /detect/for_each']],
    ['measure elsewhere', sequence({ measure: 'count' }), ['not_for_this_type /detect/measure']],
    ['one step', sequence({ steps: ['a.b'] }), ['too_few_steps /detect/steps']],
    ['eleven steps', sequence({ steps: many(11, 'a.b') }), ['too_many /detect/steps']],
    [
      'a wrong step',
      sequence({ steps: ['a.b', 3, { where: {} }] }),
      ['wrong_type /detect/steps/1', 'missing_key /detect/steps/2'],
    ],
    ['no types', deadline({ expect: [] }), ['empty_list /detect/expect']],
    ['a type twice', deadline({ start: ['a', 'b', 'a'] }), ['duplicate_entry /detect/start/2']],
    ['a bad due', deadline({ due: '3 days' }), ['bad_duration /detect/due']],
    ['a due of months', deadline({ due: '1mo' }), ['bad_duration /detect/due']],
    [
      'wrong accrual',
      deadline({ accrue: { every: '0s', max: 10_001 } }),
      ['zero_duration /detect/accrue/every', 'number_range /detect/accrue/max'],
    ],
    [
      'no accrual',
      deadline({ accrue: { every: '1d', max: 0 } }),
      ['number_range /detect/accrue/max'],
    ],
    [
      'half a unit',
      deadline({ accrue: { every: '1d', max: 1.5 } }),
      ['not_an_integer /detect/accrue/max'],
    ],
    ['spans', window({ over: '0d' }), ['zero_duration /detect/over']],
    ['a span of eleven years', window({ over: '4015d' }), ['duration_too_long /detect/over']],
    ['an endless span', window({ over: '999999999d' }), ['duration_too_long /detect/over']],
    ['units in disorder', window({ over: '12h1d' }), ['bad_duration /detect/over']],
    ['a number for a span', window({ over: 60 }), ['wrong_type /detect/over']],
    [
      'an unknown measure',
      window({ measure: { average: 'data.x' } }),
      ['measure_kind /detect/measure'],
    ],
    ['a measure in words', window({ measure: 'counts' }), ['measure_kind /detect/measure']],
    [
      'two measures',
      window({ measure: { sum: 'data.x', avg: 'data.x' } }),
      ['measure_kind /detect/measure'],
    ],
    [
      'a mean of one',
      window({ measure: { avg: 'data.x' } }),
      ['min_events_required /detect/measure'],
    ],
    [
      'a mean of one, and of no path',
      window({ measure: { avg: 'data..x' } }),
      ['bad_path /detect/measure/avg', 'min_events_required /detect/measure'],
    ],
    [
      'a share of one',
      window({ measure: { share: { 'data.x': 1 } } }),
      ['min_events_required /detect/measure'],
    ],
    [
      'a ratio of one',
      window({ measure: { ratio: ['data.x', 'data.y'] } }),
      ['min_events_required /detect/measure'],
    ],
    [
      'a ratio of three',
      window({ measure: { ratio: ['data.x', 'data.y', 'data.z'] }, min_events: 2 }),
      ['wrong_type /detect/measure/ratio'],
    ],
    [
      'an empty share',
      window({ measure: { share: {} }, min_events: 2 }),
      ['empty_conditions /detect/measure/share'],
    ],
    ['no events', window({ min_events: 0 }), ['number_range /detect/min_events']],
    ['no operators', window({ is: {} }), ['empty_operators /detect/is']],
  ])('%s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });
});
