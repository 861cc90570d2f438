import { DEFAULT_SETTINGS } from '../../settings/settings-document';
import { brandOfMessage, templateOf, withBrand } from './with-brand';

const settings = {
  ...DEFAULT_SETTINGS,
  brands: {
    acme: {
      sender_name: 'Acme',
      sender_address: 'care@acme.example',
      templates: { late: 'late-acme' },
    },
  },
};

describe('the brand of a message', () => {
  it.each([
    ['the payout', { ofPayout: 'a', event: { data: { brand: 'b' } }, tags: ['brand:c'] }, 'a'],
    ['the event', { ofPayout: null, event: { data: { brand: 'b' } }, tags: ['brand:c'] }, 'b'],
    ['the customer', { ofPayout: null, event: { data: {} }, tags: ['vip', 'brand:c'] }, 'c'],
    ['nobody', { ofPayout: null, event: null, tags: [] }, null],
    ['no text', { ofPayout: null, event: { data: { brand: 7 } }, tags: [] }, null],
  ])('is said by %s', (_name, source, brand) => {
    expect(brandOfMessage(source)).toBe(brand);
  });

  it('has its own sender and templates, and those of the account for the rest', () => {
    expect(withBrand(settings, 'acme').brand.sender_name).toBe('Acme');
    expect(withBrand(settings, 'other').brand).toEqual(DEFAULT_SETTINGS.brand);
    expect(templateOf(settings, 'acme', 'late')).toBe('late-acme');
    expect(templateOf(settings, 'acme', 'goodwill')).toBe('goodwill');
    expect(templateOf(settings, 'toString', 'late')).toBe('late');
  });
});
