import type { Text } from '../problem';
import { parseRule } from './parse-rule';
import {
  amount,
  bands,
  deadline,
  eventDetect,
  eventRule,
  facts,
  pay,
  test,
  where,
  windowDetect,
} from './rule-fixtures';

function first(document: unknown): { message: Text; hint?: Text; position?: unknown } {
  const parsed = parseRule(document, { contentType: 'json' });
  const [problem] = parsed.ok ? parsed.lints : parsed.problems;
  if (problem === undefined) throw new Error('nothing found');
  return problem;
}

describe('hints', () => {
  it.each([
    [eventRule({ limts: [] }), 'Did you mean limits?', '是否指 limits？'],
    [eventRule({ skipIf: [] }), 'Did you mean skip_if?', '是否指 skip_if？'],
    [
      eventRule({ detect: { ...windowDetect(), type: 'windw' } }),
      'Did you mean window?',
      '是否指 window？',
    ],
    [eventRule({ detect: eventDetect({ wehre: {} }) }), 'Did you mean where?', '是否指 where？'],
    [where({ 'data.x': { gtee: 1 } }), 'Did you mean gte?', '是否指 gte？'],
    [where({ 'data.x': { '!=': 1 } }), 'Did you mean not?', '是否指 not？'],
    [where({ 'data.x': { gte: '10' } }), 'Write it without quotes', '请去掉引号'],
    [
      where({ 'data.items[0]': 1 }),
      'Write data.items.0.sku for data.items[0].sku',
      '数组下标请写成 data.items.0.sku',
    ],
    [where({ order_id: 1 }), 'Did you mean data.order_id?', '是否指 data.order_id？'],
    [where({ 'dta.order_id': 1 }), 'Did you mean data.order_id?', '是否指 data.order_id？'],
    [
      eventRule({ detect: eventDetect({ let: { late: '1.0' }, where: { lat: 3 } }) }),
      'Did you mean late (defined under let)?',
      '是否指 late（let 中定义）？',
    ],
    [pay({ as: 'vouchr' }), 'Did you mean voucher?', '是否指 voucher？'],
    [pay({ min: 5.5 }), 'Write "5.5 CNY"', '请写成 "5.5 CNY"'],
    [pay({ min: '5.50 eur' }), 'Write "5.50 EUR"', '请写成 "5.50 EUR"'],
    [pay({ min: '5.50 EUT' }), 'Did you mean EUR?', '是否指 EUR？'],
    [pay({ min: '5.50EUR' }), 'Write "5.50 EUR"', '请写成 "5.50 EUR"'],
    [pay({ min: { value: '5.50', currency: 'EUR' } }), 'Write "5.50 EUR"', '请写成 "5.50 EUR"'],
    [eventRule({ id: 5 }), 'Put it in quotes', '请加引号'],
    [
      facts({ a: 'subject.matches("x")' }),
      'Use contains, startsWith or endsWith',
      '请用 contains、startsWith 或 endsWith',
    ],
    [facts({ a: 'minuts(time, time)' }), 'Did you mean minutes?', '是否指 minutes？'],
    [facts({ a: 'subject.startWith("x")' }), 'Did you mean startsWith?', '是否指 startsWith？'],
    [facts({ a: 'dat.x' }), 'Did you mean data?', '是否指 data？'],
    [facts({ late: '1.0', a: 'lat + 1' }), 'Did you mean late?', '是否指 late？'],
    [deadline({ let: { a: 'minutes(time, deu)' } }), 'Did you mean due?', '是否指 due？'],
    [amount({ fixd: '5.00 EUR' }), 'Did you mean fixed?', '是否指 fixed？'],
    [bands({ from: 1, pays: '5.00 EUR' }), 'Did you mean pay?', '是否指 pay？'],
    [
      test({ events: [{ at: '0h', type: 'delivery.deliverd' }] }),
      'Did you mean delivery.delivered?',
      '是否指 delivery.delivered？',
    ],
  ])('of %#: %s', (document, en, zh) => {
    expect(first(document).hint).toEqual({ en, zh });
  });

  it('does not guess where nothing is near', () => {
    expect(first(eventRule({ zzzzzzzz: 1 }))).not.toHaveProperty('hint');
  });

  it('gives the place of a mistake in CEL, in UTF-16 units', () => {
    const source = '"😀" == subject && nope';
    const from = source.indexOf('nope');
    expect(first(facts({ a: source }))).toMatchObject({
      position: { from, to: from + 4 },
      message: { en: expect.stringContaining('nope'), zh: expect.stringContaining('nope') },
    });
  });

  it('says the sums of a limit that does not cover the amounts, as the contract shows', () => {
    const limits = [{ total: '9.00 EUR', per: 'customer', then: 'trim' }];
    const document = eventRule({ pay: { as: 'credit', amount: { fixed: '5.00 CNY' } }, limits });
    expect(first(document).message).toEqual({
      en: 'Amounts are in CNY, the limit is only in EUR',
      zh: '金额币种为 CNY，限额只写了 EUR',
    });
  });
});
