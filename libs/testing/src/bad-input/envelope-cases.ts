import { family, type BadInput, type BadInputCase, type BadInputOutcome } from './bad-input';
import { eventText } from './valid-event';

const change = (
  name: string,
  changes: Readonly<Record<string, unknown>>,
  expect: BadInputOutcome,
  why: string,
): BadInputCase => [name, eventText(changes), expect, why];

const times = (
  [
    ['2026-02-30T00:00:00Z', 'reject', 'there is no 30 February'],
    ['2025-02-29T00:00:00Z', 'reject', '2025 is no leap year'],
    ['2024-02-29T00:00:00Z', 'accept', 'a leap day'],
    ['2026-13-01T00:00:00Z', 'reject', 'there is no month 13'],
    ['2026-03-01T24:00:00Z', 'reject', 'there is no 24:00'],
    ['2026-03-01T12:60:00Z', 'reject', 'there is no minute 60'],
    ['2016-12-31T23:59:60Z', 'reject', 'leap seconds have no epoch time'],
    ['2026-03-01T12:00:00', 'reject', 'no zone, no instant'],
    ['2026-03-01 12:00:00Z', 'reject', 'the T is missing'],
    ['2026-03-01', 'reject', 'a date is no instant'],
    ['2026-W09-7', 'reject', 'a week date is no instant'],
    ['20260301T120000Z', 'reject', 'the basic form is not RFC 3339'],
    ['Sun, 01 Mar 2026 12:00:00 GMT', 'reject', 'not RFC 3339'],
    ['1', 'reject', 'Date would read 2001'],
    ['', 'reject', 'empty'],
    ['now', 'reject', 'not RFC 3339'],
    ['2026-03-01T12:00:00+25:00', 'reject', 'no such offset'],
    ['2026-03-01T12:00:00+0800', 'reject', 'the colon is missing'],
    ['2026-03-01T12:00:00+14:00', 'accept', 'the easternmost zone'],
    ['2026-03-29T02:30:00+01:00', 'accept', 'the gap of summer time, with an offset'],
    ['2026-10-25T02:30:00+02:00', 'accept', 'the fold of summer time, with an offset'],
    ['2026-03-01T12:00:00.123456789Z', 'accept', 'nanoseconds'],
    ['1970-01-01T00:00:00Z', 'accept', 'the epoch'],
    ['1969-12-31T23:59:59Z', 'reject', 'before 1970'],
    ['0000-01-01T00:00:00Z', 'reject', 'before 1970'],
    ['2201-01-01T00:00:00Z', 'reject', 'after 2200'],
    ['9999-12-31T23:59:59Z', 'reject', 'after 2200'],
    ['+275760-09-13T00:00:00Z', 'reject', 'after 2200'],
    ['2190-01-01T00:00:00Z', 'quarantine', 'a time in the far future is not believed'],
  ] as const
).map(([time, expect, why]) => change(time === '' ? 'empty' : time, { time }, expect, why));

const otherTimes: readonly BadInputCase[] = [
  change('seconds', { time: 1_772_366_400 }, 'reject', 'a number has no unit'),
  change('milliseconds', { time: 1_772_366_400_000 }, 'reject', 'a number has no unit'),
  change('null', { time: null }, 'reject', 'we need the time'),
  change('absent', { time: undefined }, 'reject', 'we need the time'),
];

const attributeCases = (['id', 'source', 'type'] as const).flatMap((name): BadInputCase[] => [
  change(`${name}-absent`, { [name]: undefined }, 'reject', 'required'),
  change(`${name}-null`, { [name]: null }, 'reject', 'null is absent'),
  change(`${name}-empty`, { [name]: '' }, 'reject', 'must not be empty'),
  change(`${name}-number`, { [name]: 7 }, 'reject', 'must be a string'),
  change(`${name}-object`, { [name]: {} }, 'reject', 'must be a string'),
  change(`${name}-newline`, { [name]: 'a\nb' }, 'reject', 'control characters forge log lines'),
  change(`${name}-1024`, { [name]: 'x'.repeat(1024) }, 'accept', 'exactly at the limit'),
  change(`${name}-1025`, { [name]: 'x'.repeat(1025) }, 'reject', 'over the limit'),
]);

const identities: readonly BadInputCase[] = [
  ...attributeCases,
  change('id-with-dots', { id: 'a.b.c' }, 'accept', 'an id is any text'),
  change('id-unicode', { id: '订单-é-😀' }, 'accept', 'an id is any text'),
  change('customer-empty', { customerid: '' }, 'reject', 'nobody'),
  change('customer-number', { customerid: 42 }, 'reject', 'must be a string'),
  change('customer-257', { customerid: 'c'.repeat(257) }, 'reject', 'over the limit'),
  change('customer-256', { customerid: 'c'.repeat(256) }, 'accept', 'exactly at the limit'),
  change('customer-null', { customerid: null }, 'accept', 'null is absent: no customer'),
  change('customer-absent', { customerid: undefined }, 'accept', 'not every event has a customer'),
  change('subject-number', { subject: 8812 }, 'reject', 'must be a string'),
  change('subject-absent', { subject: undefined }, 'accept', 'subject is optional'),
];

const envelopes: readonly BadInputCase[] = [
  ['null', 'null', 'reject', 'a tombstone is no event'],
  ['true', 'true', 'reject', 'no object'],
  ['number', '1', 'reject', 'no object'],
  ['string', '"event"', 'reject', 'no object'],
  ['array', `[${eventText()}]`, 'reject', 'a batch is no event'],
  ['empty-object', '{}', 'reject', 'every attribute is missing'],
  change('specversion-absent', { specversion: undefined }, 'reject', 'required'),
  change('specversion-0.3', { specversion: '0.3' }, 'reject', 'another version'),
  change('specversion-2.0', { specversion: '2.0' }, 'reject', 'another version'),
  change('specversion-number', { specversion: 1.0 }, 'reject', 'must be a string'),
  change('unknown-type', { type: 'never.heard.of' }, 'accept', 'types need no registration'),
  change('content-type-xml', { datacontenttype: 'application/xml' }, 'reject', 'data is JSON'),
  change('content-type-empty', { datacontenttype: '' }, 'reject', 'must not be empty'),
  change('content-type-json', { datacontenttype: 'application/json' }, 'accept', 'data is JSON'),
  change('content-type-suffix', { datacontenttype: 'application/vnd.a+json' }, 'accept', 'JSON'),
  change('extension', { partitionkey: 'x', sequence: 7, sampled: true }, 'accept', 'extensions'),
  change('extension-object', { extra: { a: 1 } }, 'reject', 'attributes have no structure'),
  change('extension-array', { extra: [1] }, 'reject', 'attributes have no structure'),
  change('extension-upper-case', { customerId: 'c1' }, 'reject', 'no such name in CloudEvents'),
  change('extension-snake-case', { customer_id: 'c1' }, 'reject', 'no such name in CloudEvents'),
  change('extension-20', { ['a'.repeat(20)]: 'x' }, 'accept', 'exactly at the limit'),
  change('extension-21', { ['a'.repeat(21)]: 'x' }, 'reject', 'over the limit'),
  change('extension-empty-name', { '': 'x' }, 'reject', 'no name'),
];

/** The event around the data: attributes, identity, time. */
export const envelopeCases: readonly BadInput[] = [
  ...family('time', [...times, ...otherTimes]),
  ...family('identity', identities),
  ...family('envelope', envelopes),
];
