import { guardName, inLockOrder, type CounterSubject } from './guard-name';

describe('counters of limits', () => {
  const subject = (scope: string, per: string, of: string): CounterSubject => ({
    scope,
    per,
    subject: of,
  });
  const order = (subjects: readonly CounterSubject[]) =>
    inLockOrder(subjects.map((item) => [guardName(0, item), item] as const));

  it('semantics 7: bear another name in shadow', () => {
    const counter = subject('rule:late', 'customer', 'c1');

    expect(guardName(0, counter)).toBe('rule:late|customer|c1');
    expect(guardName(1, counter)).toBe('shadow|rule:late|customer|c1');
  });

  it('are locked in one order, once each, those of a whole rule last', () => {
    const shared = subject('rule:a', 'rule', '*');
    const mine = subject('rule:z', 'customer', 'c1');
    const order1 = order([shared, mine, subject('label:team=x', 'data.id', '7'), mine]);

    expect(order1).toEqual(['label:team=x|data.id|7', 'rule:z|customer|c1', 'rule:a|rule|*']);
    expect(order([mine, subject('label:team=x', 'data.id', '7'), shared])).toEqual(order1);
  });
});
