import { createPayoutProviders } from './set-up';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

describe('the providers that the settings name', () => {
  it('are none without a refund service, so that refunds wait', () => {
    expect(createPayoutProviders({}).forKind('refund')).toBeUndefined();
  });

  it('pay refunds and replacements, and can be asked only where an address for it is set', () => {
    const refundUrl = 'https://pay.example/refunds';
    const plain = createPayoutProviders({ refundUrl, refundSecret: SECRET });
    const asked = createPayoutProviders({
      refundUrl,
      refundSecret: SECRET,
      refundQueryUrl: 'https://pay.example/query',
    });

    expect(plain.forKind('refund')).toMatchObject({ name: 'webhook', canQuery: false });
    expect(plain.forKind('replacement')?.name).toBe('webhook');
    expect(plain.forKind('credit')).toBeUndefined();
    expect(asked.forKind('refund')?.canQuery).toBe(true);
  });

  it.each([
    ['without a secret', { refundUrl: 'https://pay.example/' }, /SECRET: requests are signed/],
    [
      'with a secret that is none',
      { refundUrl: 'https://pay.example/', refundSecret: 'x' },
      /whsec_/,
    ],
    ['without TLS', { refundUrl: 'http://pay.example/', refundSecret: SECRET }, /https/],
  ])('are refused %s, in words for the operator', (_name, settings, words) => {
    expect(() => createPayoutProviders(settings)).toThrow(words);
  });
});
