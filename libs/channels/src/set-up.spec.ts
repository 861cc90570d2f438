import { createPayoutProviders } from './set-up';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

describe('the providers that the settings name', () => {
  it('are none without a refund service, so that refunds wait', () => {
    expect(createPayoutProviders({}).find('refund', null)).toBeUndefined();
  });

  it('pay refunds and replacements, and can be asked only where an address for it is set', () => {
    const refundUrl = 'https://pay.example/refunds';
    const plain = createPayoutProviders({ refundUrl, refundSecret: SECRET });
    const asked = createPayoutProviders({
      refundUrl,
      refundSecret: SECRET,
      refundQueryUrl: 'https://pay.example/query',
    });

    expect(plain.find('refund', null)).toMatchObject({
      name: 'webhook',
      capabilities: { canQuery: false },
    });
    expect(plain.find('replacement', null)?.name).toBe('webhook');
    expect(plain.find('credit', null)).toBeUndefined();
    expect(asked.find('refund', null)?.capabilities.canQuery).toBe(true);
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

  describe('in a list', () => {
    const list = `
      - name: stripe-nordwind
        type: stripe
        brands: [nordwind]
        secret_key_env: KEY
      - name: stripe
        type: stripe
        secret_key_env: KEY
      - name: logistics
        type: webhook
        kinds: [replacement]
        url: https://pay.example/replacements
        secret_env: SECRET
        replay: latest-status
        key_window_hours: 6
        spacing_seconds: 60
        max_partial_refunds: 50
        max_key_length: 32
        timeout_seconds: 5
        at_once: 2`;
    const env = { KEY: 'rk_test_secret', SECRET };
    const refuses = (text: string, words: RegExp, from: Record<string, string> = env) => {
      expect(() => createPayoutProviders({ list: text, env: from })).toThrow(words);
    };

    it('are chosen by kind and brand, and keep to what is written of them', () => {
      const providers = createPayoutProviders({ list, env });

      expect(providers.find('refund', 'nordwind')?.name).toBe('stripe-nordwind');
      expect(providers.find('refund', 'another')?.name).toBe('stripe');
      expect(providers.find('refund', null)?.name).toBe('stripe');
      expect(providers.find('replacement', 'nordwind')).toMatchObject({
        name: 'logistics',
        timeoutMs: 5_000,
        atOnceMax: 2,
        capabilities: {
          replayKind: 'latest-status',
          keyWindowMs: 6 * 3_600_000,
          spacingMs: 60_000,
          maxPartialRefunds: 50,
          maxKeyLength: 32,
          canQuery: false,
        },
      });
    });

    it('pay no other brand from an account that is of one', () => {
      const own = list.slice(0, list.indexOf('- name: stripe\n'));

      expect(createPayoutProviders({ list: own, env }).find('refund', 'another')).toBeUndefined();
      expect(createPayoutProviders({ list: own, env }).find('refund', null)).toBeUndefined();
    });

    it('go before the refund service, which goes on to pay the rest', () => {
      const refundUrl = 'https://pay.example/refunds';
      const stripe = '[{name: stripe, type: stripe, secret_key_env: KEY}]';
      const providers = createPayoutProviders({
        list: stripe,
        env,
        refundUrl,
        refundSecret: SECRET,
      });

      expect(providers.find('refund', null)?.name).toBe('stripe');
      expect(providers.find('replacement', null)?.name).toBe('webhook');
    });

    it('may lack the key to send with where nothing is sent', () => {
      const stripe = '[{name: stripe, type: stripe}]';

      expect(createPayoutProviders({ list: stripe, sends: false }).named('stripe')).toBeDefined();
      refuses(stripe, /stripe: set secret_key_env or secret_key_file/);
    });

    it.each([
      ['no list', 'name: stripe', /PAYOUT_PROVIDERS: /],
      ['no YAML', '[', /must be a list in YAML or JSON/],
      ['an unknown type', '[{name: a, type: paypal}]', /\/0\/type/],
      ['a misspelt field', '[{name: a, type: stripe, secret_key: x}]', /secret_key/],
      ['a name that is none', '[{name: "A B", type: stripe}]', /\/0\/name: must be/],
      [
        'a name twice',
        '[{name: a, type: stripe, secret_key_env: KEY}, {name: a, type: stripe, secret_key_env: KEY}]',
        /a is named twice/,
      ],
      [
        'a variable that is not set',
        '[{name: a, type: stripe, secret_key_env: NOBODY}]',
        /NOBODY, which is not set/,
      ],
      [
        'a file that is not there',
        '[{name: a, type: stripe, secret_key_file: /nowhere}]',
        /cannot be read: ENOENT/,
      ],
      [
        'two places of a secret',
        '[{name: a, type: stripe, secret_key_env: KEY, secret_key_file: /nowhere}]',
        /which\?/,
      ],
      [
        'plain http',
        '[{name: a, type: webhook, url: "http://pay.example", secret_env: SECRET}]',
        /a: url must start with https/,
      ],
      [
        'a secret that is none',
        '[{name: a, type: webhook, url: "https://pay.example", secret_env: KEY}]',
        /a: its secret must be whsec_/,
      ],
    ])('are refused with %s', (_what, text, words) => {
      refuses(text, words);
    });

    it('never tell a secret when they are refused', () => {
      const text = '[{name: a, type: webhook, url: "https://pay.example", secret_env: KEY}]';

      expect(() => createPayoutProviders({ list: text, env })).not.toThrow(/rk_test_secret/);
    });
  });
});
