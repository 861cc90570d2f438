import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LookupAddress } from 'node:dns';
import { request, type HttpAnswer } from '../refund/http-request';
import { parseWebhookAddress } from '../refund/webhook-address';
import { OutboundGuard, type Resolve } from './outbound-guard';

const POST = { method: 'POST', headers: {}, body: '{}', timeoutMs: 2_000 } as const;

/** A resolver that answers what it is told, in turn, and the last answer again. */
function answering(...answers: readonly (readonly string[] | 'ESERVFAIL')[]): Resolve {
  let turn = 0;
  return (_host, _options, done) => {
    const answer = answers[Math.min(turn, answers.length - 1)] ?? [];
    turn += 1;
    if (answer === 'ESERVFAIL') {
      done(Object.assign(new Error('no answer'), { code: 'ESERVFAIL' }), []);
      return;
    }
    const addresses = answer.map((address): LookupAddress => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    done(null, addresses);
  };
}

describe('an address that is not public', () => {
  it.each([
    'http://10.0.0.1/',
    'https://10.255.255.255/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://127.0.0.2/',
    'https://198.18.0.1/',
    'https://192.0.2.1/',
    'https://224.0.0.1/',
    'https://240.0.0.1/',
    'https://255.255.255.255/',
    'https://167772161/',
    'https://0x0a.0.0.1/',
    'https://012.0.0.1/',
    'https://10.1/',
    'https://①⓪.⓪.⓪.①/',
    'https://[::]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2002:a00:1::]/',
    'https://[2001::1]/',
    'https://[2001:db8::1]/',
    'https://[fc00::1]/',
    'https://[fd12:3456::1]/',
    'https://[fe80::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
  ])('is refused when it is set: %s', (text) => {
    const parsed = parseWebhookAddress(text, true, new OutboundGuard());

    expect(parsed).toMatchObject({ ok: false });
  });

  it.each([
    ['10.0.0.1'],
    ['::ffff:10.0.0.1'],
    ['203.0.113.7'],
    ['fe80::1'],
    ['::1'],
    ['127.0.0.1'],
  ])('is refused when a name leads to it: %s', async (address) => {
    const answer = await send('http://refunds.example.com:1/', answering([address]));

    expect(answer).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
  });

  it('is refused even if it is one of many that a name leads to', async () => {
    const answer = await send('http://refunds.example.com:1/', answering(['1.1.1.1', '10.0.0.1']));

    expect(answer).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
  });
});

describe('an address that may be reached', () => {
  it.each([
    'https://refunds.example.com/',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
    'http://localhost:3000/',
    'https://localhost.:3000/',
    'http://127.0.0.1:3000/',
    'http://127.1:3000/',
    'http://[::1]:3000/',
  ])('is taken: %s', (text) => {
    const guard = new OutboundGuard();

    expect(parseWebhookAddress(text, false, guard)).toMatchObject({ ok: true });
  });

  it('may be a private one that the operator has named', () => {
    const guard = new OutboundGuard({ allowed: ['10.20.0.0/16', 'fd00::/8', '192.168.7.7'] });
    const isTaken = (text: string): boolean => parseWebhookAddress(text, false, guard).ok;

    expect(isTaken('https://10.20.30.40/')).toBe(true);
    expect(isTaken('https://[::ffff:10.20.30.40]/')).toBe(true);
    expect(isTaken('https://[fd00::1]/')).toBe(true);
    expect(isTaken('https://192.168.7.7/')).toBe(true);
    expect(isTaken('https://10.21.0.1/')).toBe(false);
    expect(isTaken('https://192.168.7.8/')).toBe(false);
  });

  it.each(['10.0.0.0/33', 'private', '10.0.0', ''])('%s is no range', (range) => {
    expect(() => new OutboundGuard({ allowed: [range] })).toThrow('not a range');
  });
});

describe('at the time of the connection', () => {
  let server: Server;
  let port: number;
  const paths: string[] = [];

  beforeAll(async () => {
    server = createServer((incoming, response) => {
      paths.push(incoming.url ?? '');
      if (incoming.url === '/moved') {
        response.writeHead(302, { location: `http://127.0.0.1:${String(port)}/inside` }).end();
      } else response.end('{}');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
  });
  beforeEach(() => {
    paths.length = 0;
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  const url = (host: string, path = '/') => `http://${host}:${String(port)}${path}`;

  it('a name that answers publicly first and privately then does not get through', async () => {
    const resolve = answering(['1.1.1.1'], ['127.0.0.1']);
    const guard = new OutboundGuard({ resolve });
    // As somebody who looks before sending would do.
    await new Promise((done) => {
      guard.lookupFor(new URL(url('rebind.example.com')))('rebind.example.com', {}, done);
    });
    const answer = await request(new URL(url('rebind.example.com')), { ...POST, guard });

    expect(answer).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
    expect(paths).toEqual([]);
  });

  it('a resolver that fails first is a refusal, not a way round', async () => {
    const guard = new OutboundGuard({ resolve: answering('ESERVFAIL', ['127.0.0.1']) });
    const first = await request(new URL(url('flaky.example.com')), { ...POST, guard });
    const second = await request(new URL(url('flaky.example.com')), { ...POST, guard });

    expect(first).toEqual({ kind: 'no-answer', reason: 'ESERVFAIL' });
    expect(second).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
    expect(paths).toEqual([]);
  });

  it('a name without addresses is a refusal', async () => {
    const answer = await send(url('nowhere.example.com'), answering([]));

    expect(answer).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
  });

  it('a literal is refused though Node asks no resolver about it', async () => {
    const answer = await send(url('127.0.0.2'), answering(['1.1.1.1']));

    expect(answer).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
    expect(paths).toEqual([]);
  });

  it('a private address that the operator has named is reached by its name', async () => {
    const guard = new OutboundGuard({
      allowed: ['127.0.0.0/8'],
      resolve: answering(['127.0.0.1']),
    });
    const answer = await request(new URL(url('refunds.internal', '/paid')), { ...POST, guard });

    expect(answer).toMatchObject({ kind: 'answer', status: 200 });
    expect(paths).toEqual(['/paid']);
  });

  it('localhost is reached where it is this machine, and nowhere else', async () => {
    const here = await send(url('localhost', '/here'), answering(['127.0.0.1']));
    const there = await send(url('localhost', '/there'), answering(['10.0.0.1']));

    expect(here).toMatchObject({ kind: 'answer', status: 200 });
    expect(there).toEqual({ kind: 'no-answer', reason: 'EADDRNOTALLOWED' });
    expect(paths).toEqual(['/here']);
  });

  it('a redirection is an answer, and is not followed', async () => {
    const answer = await send(url('127.0.0.1', '/moved'), answering([]));

    expect(answer).toMatchObject({ kind: 'answer', status: 302 });
    expect(paths).toEqual(['/moved']);
  });
});

function send(text: string, resolve: Resolve): Promise<HttpAnswer> {
  return request(new URL(text), { ...POST, guard: new OutboundGuard({ resolve }) });
}
