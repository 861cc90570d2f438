import { WebhookReceiver } from '@amends/testing';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { request } from './http-request';

const POST = { method: 'POST' as const, headers: {}, body: '{}', timeoutMs: 400 };

describe('a request to somebody else’s service', () => {
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterAll(() => receiver.close());

  it('takes at most 64 kB of an answer, and then only its status counts', async () => {
    receiver.script({ status: 200, accept: true, body: { reference: 'x'.repeat(70_000) } });

    const patient = { ...POST, timeoutMs: 10_000 };
    expect(await request(new URL(receiver.url), patient)).toMatchObject({
      kind: 'answer',
      status: 200,
      body: undefined,
    });
  });

  it('ends after its time, however the answer trickles in', async () => {
    const dripping: Server = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n');
      const drip = setInterval(() => socket.write('x'), 50);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(drip);
      });
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    const { port } = dripping.address() as AddressInfo;

    const startedMs = performance.now();
    const answer = await request(new URL(`http://127.0.0.1:${String(port)}`), POST);

    expect(answer).toEqual({ kind: 'no-answer', reason: 'no answer within 400 ms' });
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    await new Promise((resolve) => dripping.close(resolve));
  });

  it('gives what went wrong where nobody answers', async () => {
    expect(await request(new URL('http://127.0.0.1:1'), POST)).toEqual({
      kind: 'no-answer',
      reason: 'ECONNREFUSED',
    });
  });
});
