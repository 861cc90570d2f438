import { Webhook } from 'standardwebhooks';
import { WebhookProvider } from './webhook-provider';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another one of at least 24').toString('base64')}`;
const BODY = '{"type":"refund.changed","data":{"key":"cmp_1_1","reference":"re_1"}}';

/** A webhook of the service, as it would be signed so many seconds ago. */
function hook(body = BODY, secret = SECRET, ageSeconds = 0) {
  const at = new Date(Date.now() - ageSeconds * 1_000);
  return {
    bytes: Buffer.from(body),
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign('msg_1', at, body),
    },
  };
}

describe('webhooks of the company’s own service', () => {
  const provider = new WebhookProvider({
    url: new URL('https://refunds.example.com'),
    secret: SECRET,
  });

  it('are read once their signature over the very bytes is right', () => {
    expect(provider.readHook(hook())).toEqual({
      kind: 'about',
      id: 'msg_1',
      key: 'cmp_1_1',
      providerRef: 're_1',
    });
    expect(provider.readHook(hook('{"type":"shop.opened"}'))).toEqual({ kind: 'other' });
  });

  it.each([
    ['with another body', { ...hook(), bytes: Buffer.from(`${BODY} `) }],
    ['under another id', { ...hook(), headers: { ...hook().headers, 'webhook-id': 'msg_2' } }],
    ['signed by somebody else', hook(BODY, OTHER)],
    ['without a signature', { ...hook(), headers: {} }],
    ['that are no JSON', hook('{')],
  ])('are refused %s', (_how, refused) => {
    expect(provider.readHook(refused)).toEqual({ kind: 'not_signed' });
  });

  it.each([310, -310])(
    'are refused when they are old, or of a time to come: %s s',
    (ageSeconds) => {
      expect(provider.readHook(hook(BODY, SECRET, ageSeconds))).toEqual({ kind: 'not_signed' });
    },
  );
});
