import { e, type EdgeCase, event } from './edge-case';

const recall = {
  by: 'data.r',
  event: 'recall',
  for_each: {
    event: 'sold',
    by: 'data.line',
    over: '5h',
    where: { 'data.lot': { in: { field: 'trigger.data.lots' } } },
  },
};
const priced = {
  pay: { as: 'refund', payment: 'data.pay', amount: { percent: 100, of: 'data.v' } },
};
const eur = (value: string): unknown => ({ value, currency: 'EUR' });
const sold = (at: string, line: string, value: string, more: object = {}): unknown =>
  e(at, 'sold', { line, lot: 1, v: eur(value), pay: 'p' }, { customerid: line, ...more });
const where = (
  sentence: string,
  name: string,
  conditions: object,
  data: object,
  isIncident: boolean,
): EdgeCase => ({
  sentence,
  name,
  rule: event({ where: conditions }),
  events: [e('0h', 'bad', data)],
  until: '1h',
  expect: isIncident ? ['c 0h: 5.00 EUR'] : [],
});
const missing = 'Missing data never pays';
const surely = '`not` holds when its map surely does not';
const compares = 'Numbers compare as numbers, RFC 3339 strings as instants, a money by its value';

/** What RULES.md says of events, `for_each` and conditions, in small. */
export const eventEdges: EdgeCase[] = [
  {
    sentence: 'A second matching event of the same key changes nothing',
    name: 'the first looked at decides time and amount',
    rule: event({}, priced),
    events: [e('1h', 'bad', { v: eur('3.00') }), e('0h', 'bad', { v: eur('9.00') })],
    until: '9h',
    expect: ['c 1h: 3.00 EUR'],
  },
  {
    sentence: 'No key in the event, or no customer: undecidable',
    name: 'neither is an incident',
    rule: event(),
    events: [e('0h', 'bad', { k: null }), e('0h', 'bad', {}, { customerid: undefined })],
    until: '9h',
    expect: [],
  },
  {
    sentence: 'Default `subject`',
    name: 'one incident per subject',
    rule: event({ by: undefined }),
    events: ['x', 'x', 'y'].map((subject, hour) => e(`${hour}h`, 'bad', {}, { subject })),
    until: '9h',
    expect: ['c 0h: 5.00 EUR', 'c 2h: 5.00 EUR'],
  },
  {
    sentence: 'gives one incident per `by` of the history events found',
    name: 'the newest found per `by` speaks; the span is (t − over, t]',
    rule: event(recall, priced),
    events: [
      sold('0h', 'a', '1.00'),
      sold('1h', 'b', '2.00'),
      sold('2h', 'b', '3.00'),
      e('2h', 'sold', { line: 'z', lot: 7, v: eur('9.00') }),
      e('5h', 'recall', { r: 'r', lots: [1, 2] }, { customerid: undefined }),
    ],
    until: '9h',
    expect: ['b 5h: 3.00 EUR'],
  },
  {
    sentence: 'what arrives after the trigger fans out too, for `allow_late`',
    name: 'an hour later, but not two',
    rule: event({ ...recall, allow_late: '1h' }, priced),
    events: [
      e('5h', 'recall', { r: 'r', lots: [1] }),
      e('6h', 'tick'),
      sold('4h', 'a', '1.00'),
      e('7h', 'tick'),
      sold('4h', 'b', '1.00'),
    ],
    until: '9h',
    expect: ['a 5h: 1.00 EUR'],
  },
  {
    sentence:
      '`detect.where` and `let` are looked at on the trigger, `let` anew on each event found',
    name: 'the fact is of another event each time',
    rule: event(
      { ...recall, let: { n: 'data.n * 2' }, where: { n: { gte: 4 } } },
      { pay: { as: 'credit', amount: { bands: 'n', steps: [{ from: 6, pay: '6.00 EUR' }] } } },
    ),
    events: [
      e('1h', 'sold', { line: 'a', lot: 1, n: 3 }),
      e('1h', 'sold', { line: 'b', lot: 1, n: 2 }),
      e('5h', 'recall', { r: 'no', lots: [1], n: 1 }),
      e('5h', 'recall', { r: 'yes', lots: [1], n: 2 }),
    ],
    until: '9h',
    expect: ['c 5h: 6.00 EUR', 'c 5h: nothing'],
  },
  where(missing, 'a test on an absent field', { 'data.x': { lt: 1 } }, {}, false),
  where(missing, '`not_in` included', { 'data.x': { not_in: [1] } }, {}, false),
  where(missing, '`not` included', { not: { 'data.x': 1 } }, {}, false),
  where(missing, 'the operator `not` included', { 'data.x': { not: 1 } }, {}, false),
  where(missing, 'only {exists: false} is true', { 'data.x': { exists: false } }, {}, true),
  where('null is an absent key', '', { 'data.x': { exists: false } }, { x: null }, true),
  where(
    '`exists`, which is never undecidable',
    'not exists',
    { not: { 'data.x': { exists: true } } },
    {},
    true,
  ),
  where(missing, 'a wrong-typed field', { 'data.x': { gte: 1 } }, { x: '2' }, false),
  where(missing, 'a wrong-typed field under `not`', { not: { 'data.x': 1 } }, { x: '1' }, false),
  where('1 and "1" differ', '', { 'data.x': 1 }, { x: '1' }, false),
  where(
    surely,
    'one false test on a present field is enough',
    { not: { 'data.x': 1, 'data.y': 1 } },
    { x: 2 },
    true,
  ),
  where(
    surely,
    'not when the one that is there holds',
    { not: { 'data.x': 1, 'data.y': 1 } },
    { x: 1 },
    false,
  ),
  where(
    '`any:` is a list of maps of which one must hold',
    'missing beside true',
    { any: [{ 'data.x': 1 }, { 'data.y': 1 }] },
    { y: 1 },
    true,
  ),
  where(
    surely,
    'an `any` with a missing part is not surely false',
    { not: { any: [{ 'data.x': 1 }, { 'data.y': 1 }] } },
    { y: 2 },
    false,
  ),
  where(
    compares,
    'instants',
    { 'data.x': '2026-03-01T01:00:00+01:00' },
    {
      x: '2026-03-01T00:00:00Z',
    },
    true,
  ),
  where(compares, 'money and number', { 'data.x': { gt: 1 } }, { x: eur('1.01') }, true),
  where(compares, 'money and money', { 'data.x': '1.50 EUR' }, { x: eur('1.5') }, true),
  where(compares, 'other currency', { 'data.x': { gt: '0.10 USD' } }, { x: eur('9.00') }, false),
  where(
    'Strings that are not both instants have no order',
    '',
    { 'data.x': { gt: 'a' } },
    {
      x: 'b',
    },
    false,
  ),
  where('`path: [a, b]` one of', '', { 'data.x': ['a', 'b'] }, { x: 'b' }, true),
  where(
    'a value may be `{field: path}`',
    '',
    { 'data.x': { field: 'data.y' } },
    {
      x: 2,
      y: 2,
    },
    true,
  ),
  where(
    'several operators in one map all hold',
    '',
    { 'data.x': { gt: 1, lt: 3 } },
    { x: 3 },
    false,
  ),
  where('`contains`', 'a list', { 'data.x': { contains: 'a' } }, { x: ['b', 'a'] }, true),
  {
    sentence: 'NaN and infinity are facts that could not be computed',
    name: 'one over nothing is not more than one',
    rule: event({ let: { share: 'data.x / data.y' }, where: { share: { gte: 1 } } }),
    events: [e('0h', 'bad', { x: 1, y: 0 })],
    until: '9h',
    expect: [],
  },
  {
    sentence: 'an int literal beside a double is a double',
    name: 'half of three is more than one',
    rule: event({ let: { half: 'data.x / 2' }, where: { half: { gt: 1 } } }),
    events: [e('0h', 'bad', { x: 3 })],
    until: '9h',
    expect: ['c 0h: 5.00 EUR'],
  },
  {
    sentence: 'an event with a (`source`, `id`) already in a state counts once in it',
    name: 'a trigger sent again does not fan out anew',
    rule: event(recall, priced),
    events: [
      e('5h', 'recall', { r: 'r', lots: [1] }, { id: 'r' }),
      e('6h', 'tick'),
      sold('4h', 'a', '1.00'),
      e('5h', 'recall', { r: 'r', lots: [1] }, { id: 'r' }),
    ],
    until: '9h',
    expect: [],
  },
  {
    sentence: 'it fans out to the customers that history shows',
    name: 'though the trigger itself comes late',
    rule: event(recall, priced),
    events: [sold('4h', 'a', '1.00'), e('7h', 'tick'), e('5h', 'recall', { r: 'r', lots: [1] })],
    until: '9h',
    expect: ['a 5h: 1.00 EUR'],
  },
  {
    sentence: 'the incidents are the same in whatever order the events arrive',
    name: 'what happens after the trigger is not history',
    rule: event({ ...recall, allow_late: '3h' }, priced),
    events: [e('5h', 'recall', { r: 'r', lots: [1] }), sold('6h', 'a', '1.00')],
    until: '20h',
    expect: [],
  },
  {
    sentence: 'identity: rule + the event’s `by` + that `by`',
    name: 'a second trigger of the key adds those that the first did not find',
    rule: event(recall, priced),
    events: [
      sold('1h', 'a', '1.00'),
      e('2h', 'sold', { line: 'b', lot: 2, v: eur('2.00') }, { customerid: 'b' }),
      e('3h', 'recall', { r: 'r', lots: [1] }),
      e('4h', 'recall', { r: 'r', lots: [1, 2] }),
    ],
    until: '9h',
    expect: ['a 3h: 1.00 EUR', 'b 4h: 2.00 EUR'],
  },
  where(
    'Money: … exact decimal',
    'finer than a cent',
    { 'data.x': { lt: '2.505 EUR' } },
    {
      x: eur('2.50'),
    },
    true,
  ),
];
