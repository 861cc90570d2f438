import { DEFAULT_SETTINGS } from '../../settings/settings-document';
import { templateOf, withBrand } from './with-brand';

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
  it('has its own sender and templates, and those of the account for the rest', () => {
    expect(withBrand(settings, 'acme').brand.sender_name).toBe('Acme');
    expect(withBrand(settings, 'other').brand).toEqual(DEFAULT_SETTINGS.brand);
    expect(templateOf(settings, 'acme', 'late')).toBe('late-acme');
    expect(templateOf(settings, 'acme', 'goodwill')).toBe('goodwill');
    expect(templateOf(settings, 'toString', 'late')).toBe('late');
  });
});
