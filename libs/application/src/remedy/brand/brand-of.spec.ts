import { brandOf } from './brand-of';

describe('the brand that let a customer down', () => {
  it.each([
    ['the event', { data: { brand: 'acme' } }, ['brand:nova'], 'acme'],
    ['the customer', { data: {} }, ['vip', 'brand:nova'], 'nova'],
    ['the customer, without an event', null, ['brand:nova'], 'nova'],
    ['the customer, where the event has no text', { data: { brand: 7 } }, ['brand:nova'], 'nova'],
    [
      'the customer, where the event has an empty one',
      { data: { brand: '' } },
      ['brand:nova'],
      'nova',
    ],
    ['nobody', { data: [] }, ['brand:', 'vip'], null],
  ])('is said by %s', (_name, event, tags, brand) => {
    expect(brandOf(event, tags)).toBe(brand);
  });
});
