import type { JsonObject } from '../json';
import { compilePath } from './path';
import type { Scope } from './scope';

const scope: Scope = {
  event: {
    type: 'delivery.delivered',
    subject: 'order/1',
    late: 'the attribute',
    data: {
      order_id: 'o1',
      gone: null,
      a: { b: { c: { d: 1 } } },
      items: [{ sku: 's1' }, { sku: 's2' }],
      text: 'abc',
    },
  },
  vars: { start: { data: { x: 1 } }, moves: 2, value: NaN, step1: { data: { y: 2 } } },
  facts: { late: 34, price: { value: '5.00', currency: 'EUR' }, ratio: Infinity },
};
const read = (path: string): unknown =>
  compilePath(
    path,
    new Set(['late', 'price', 'ratio', 'unknown']),
    new Set(['start', 'moves', 'value', 'step1']),
  )(scope);

describe('path', () => {
  it.each([
    ['type', 'delivery.delivered'],
    ['data.order_id', 'o1'],
    ['data.a.b.c.d', 1],
    ['data.items.1.sku', 's2'],
    ['start.data.x', 1],
    ['step1.data.y', 2],
    ['moves', 2],
    ['price.value', '5.00'],
  ])('%s reads %p', (path, value) => {
    expect(read(path)).toBe(value);
  });

  it('prefers a fact to a field of its name', () => {
    expect(read('late')).toBe(34);
  });

  it('a name is only a variable where the detect type gives it', () => {
    const withoutVars = compilePath('start.data.x', new Set());
    expect(withoutVars(scope)).toBeUndefined();
  });

  it.each([
    'nothing',
    'data.nothing',
    'data.nothing.more.and.more',
    'data.gone',
    'data.gone.more',
    'data.text.length',
    'data.text.0',
    'data.items.length',
    'data.items.2.sku',
    'data.items.-1',
    'data.items.01',
    'data.items.x',
    'unknown',
    'value',
    'ratio',
    '',
    'data.',
    '.data',
    '__proto__',
    'constructor',
    'data.__proto__.constructor',
    'data.constructor.name',
    'data.toString',
    'start.hasOwnProperty',
  ])('%p is absent', (path) => {
    expect(read(path)).toBeUndefined();
  });

  it('reads a key that only looks like an inherited one', () => {
    const event = JSON.parse('{"data": {"__proto__": 7, "constructor": 8}}') as JsonObject;
    const at = (path: string): unknown =>
      compilePath(path, new Set())({ event, vars: {}, facts: {} });
    expect([at('data.__proto__'), at('data.constructor')]).toEqual([7, 8]);
  });
});
