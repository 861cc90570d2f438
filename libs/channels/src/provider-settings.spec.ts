import { readProviders } from './provider-settings';

const stripe = (more: string) => `- { type: stripe, name: cards, secret_key_env: KEY, ${more} }`;
const options = { env: { KEY: 'rk_test' }, sends: true };

describe('the list of payout providers', () => {
  it('takes a Stripe of this machine, or Stripe itself', () => {
    expect(readProviders(stripe('base_url: "http://127.0.0.1:12111"'), options)).toHaveLength(1);
    expect(readProviders(stripe('brands: [north]'), options)[0]?.brands).toEqual(['north']);
  });

  it.each([
    ['http://169.254.169.254/', 'cards: base_url is no public address'],
    ['https://10.0.0.7', 'cards: base_url is no public address'],
    ['somewhere', 'cards: base_url is not an address'],
  ])('sends nothing to %s', (address, problem) => {
    const read = () => readProviders(stripe(`base_url: ${JSON.stringify(address)}`), options);
    expect(read).toThrow(problem);
  });

  it('names the secret that is missing, and never one that is there', () => {
    expect(() => readProviders(stripe('at_once: 2'), { env: {}, sends: true })).toThrow(/KEY/);
    expect(() => readProviders(stripe('at_once: 0'), options)).not.toThrow(/rk_test/);
  });
});
