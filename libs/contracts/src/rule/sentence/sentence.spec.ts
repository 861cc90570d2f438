import { parseRule } from '../parse-rule';
import { EXAMPLES } from '../rule-examples-spec';
import { deadlineDetect, eventRule, sequenceDetect, window } from '../rule-fixtures';
import type { Text } from '../../problem';
import { sentence } from './sentence';

function say(source: unknown): Text {
  const parsed = parseRule(source, { contentType: 'yaml' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return sentence(parsed.document);
}

describe('sentence', () => {
  it('says what a rule by bands does', () => {
    const steps = [
      { from: 10, pay: '4.00 CNY' },
      { from: 30, percent: 50, of: 'data.price', min: '1.00 CNY' },
    ];
    const text = say(
      eventRule({
        pay: { as: 'credit', amount: { bands: 'late', steps }, approve_over: '13.00 CNY' },
        skip_if: [{ event: 'refund.issued', same: 'data.order_id', over: '1d12h' }],
      }),
    );
    expect(text).toEqual({
      en:
        'When delivery.delivered comes with late ≥ 10 (once per data.order_id), pay a credit by bands of ' +
        'late: 10→4.00 CNY, 30→50 % of data.price, at least 1.00 CNY, with approval above 13.00 CNY; ' +
        'not if refund.issued with the same data.order_id came within 1 day 12 hours; ' +
        'at most once per customer in 30 days (else nothing); then tell the customer by email.',
      zh:
        '当出现 delivery.delivered（late ≥ 10）（每个 data.order_id 一次），补偿余额，按 late 分档：' +
        '10→4.00 CNY，30→data.price 的 50%，至少 1.00 CNY，超过 13.00 CNY 须审批；' +
        '若 1 天 12 小时内已有相同 data.order_id 的 refund.issued 则不付；' +
        '每客户 30 天内至多 1 次（超出不付）；随后通过 email 告知客户。',
    });
  });

  it('says what a deadline does', () => {
    const detect = deadlineDetect({
      start: ['support.promise.made', 'support.promise.renewed'],
      expect: 'support.promise.kept',
      cancel: 'support.promise.released',
      due: '2d',
      grace: '1h',
      calendar: 'uk-working-days',
      extend: 'support.promise.postponed',
      broken_if: { moves: { gte: 2 } },
      accrue: { every: '1d', max: 60 },
    });
    const amount = { fixed: ['5.00 EUR', '6.00 USD'] };
    const { en } = say(eventRule({ detect, pay: { as: 'voucher', amount, settle: 'end' } }));
    expect(en).toMatch(
      'When support.promise.made or support.promise.renewed of one data.order_id is not followed by ' +
        'support.promise.kept within 2 days and 1 hour of grace of the calendar uk-working-days, ' +
        'unless support.promise.released comes first, or as soon as moves ≥ 2, give a voucher of ' +
        '5.00 EUR or 6.00 USD at once and for each further 1 day, 60 times at most, as one sum at the end',
    );
  });

  it.each([
    [window({}), 'the number of delivery.failed of one customerid is ≥ 3'],
    [window({ measure: { sum: 'data.n' } }), 'the sum of data.n over delivery.failed'],
    [
      window({ measure: { share: { 'data.ok': false } }, min_events: 5 }),
      'the share with data.ok = false among',
    ],
    [window({ measure: { ratio: ['data.p', 'data.q'] }, min_events: 5 }), 'Σdata.p / Σdata.q over'],
    [
      eventRule({ detect: sequenceDetect({ cancel: 'refund.issued' }) }),
      'then order.cancelled with data.by = shop follow each other within 48 hours',
    ],
    [eventRule({ pay: { as: 'nothing' } }), 'say sorry, without money'],
  ])('says %#: %s', (document, words) => {
    expect(say(document).en).toContain(words);
  });

  it.each(EXAMPLES)('says %s in both languages, in one sentence', (_name, text) => {
    const { en, zh } = say(text);
    expect(en).toMatch(/^When .*\.$/);
    expect(zh).toMatch(/^当.*。$/);
    expect(en + zh).not.toMatch(/undefined|\[object|\{|\}/);
    expect(zh).not.toMatch(/ {2}|。。/);
  });
});
