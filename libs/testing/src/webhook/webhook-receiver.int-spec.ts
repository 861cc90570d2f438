import { Webhook } from 'standardwebhooks';
import { WebhookReceiver } from './webhook-receiver';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;

describe('WebhookReceiver', () => {
  let receiver: WebhookReceiver;

  beforeEach(async () => {
    receiver = await WebhookReceiver.start({ secret: SECRET });
  });

  afterEach(async () => {
    await receiver.close();
  });

  function post(id: string, secret = SECRET, timeoutMs = 5_000): Promise<Response> {
    const body = JSON.stringify({ id });
    const now = new Date();
    return fetch(`${receiver.url}/refunds`, {
      method: 'POST',
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign(id, now, body),
      },
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  it('acts on what is signed with its secret, and on nothing else', async () => {
    const wrong = SECRET.replace('whsec_', 'whsec_AAAA');

    expect((await post('good')).status).toBe(200);
    expect((await post('bad', wrong)).status).toBe(401);

    expect(receiver.acceptedIds).toEqual(['good']);
    expect(receiver.journal.map(({ isSigned }) => isSigned)).toEqual([true, false]);
  });

  it('fails without acting, and after having acted', async () => {
    receiver.script('fail', 'accept-then-fail');

    expect((await post('a')).status).toBe(500);
    expect((await post('b')).status).toBe(500);

    expect(receiver.acceptedIds).toEqual(['b']);
  });

  it('hangs, acts and hangs, or takes its time', async () => {
    receiver.script('hang', 'accept-then-hang', { slowMs: 50 });

    await expect(post('a', SECRET, 100)).rejects.toThrow(/timeout|aborted/);
    await expect(post('b', SECRET, 100)).rejects.toThrow(/timeout|aborted/);
    expect((await post('c')).status).toBe(200);

    expect(receiver.acceptedIds).toEqual(['b', 'c']);
  });

  it('gives the answer it is told to give', async () => {
    receiver.script({ status: 429, headers: { 'retry-after': '1' }, accept: false });

    const answer = await post('a');

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    expect(receiver.acceptedIds).toEqual([]);
  });

  it('counts one thing once, however often it is sent', async () => {
    await post('a');
    await post('a');

    expect(await receiver.waitForRequests(2)).toHaveLength(2);
    expect(receiver.acceptedIds).toEqual(['a']);
  });
});
