import type { HttpAnswer } from './http-request';
import { readAnswer, readInquiry } from './read-answer';
import { parseWebhookAddress } from './webhook-address';

const http = (status: number, body?: unknown, retryAfter?: string): HttpAnswer => ({
  kind: 'answer',
  status,
  retryAfter,
  body: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
});

describe('what the answer to a refund proves', () => {
  it.each([
    ['200 without a word', http(200), 'accepted'],
    ['200 with what is no JSON', http(200, '<html>'), 'accepted'],
    ['201 with a reference', http(201, { reference: 'r' }), 'accepted'],
    ['202 and pending', http(202, { status: 'pending' }), 'accepted'],
    ['200 that says failed', http(200, { status: 'FAILED' }), 'rejected'],
    ['400', http(400), 'rejected'],
    ['404', http(404), 'rejected'],
    ['422 with a code', http(422, { code: 'too_late' }), 'rejected'],
    ['408', http(408), 'unknown'],
    ['409', http(409), 'unknown'],
    ['425', http(425), 'unknown'],
    ['429', http(429), 'unknown'],
    ['301', http(301), 'unknown'],
    ['500', http(500), 'unknown'],
    ['500 that says failed', http(500, { status: 'failed' }), 'unknown'],
    ['503', http(503), 'unknown'],
    ['no answer', { kind: 'no-answer', reason: 'ECONNRESET' } as const, 'unknown'],
  ])('%s: %s', (_name, answer, kind) => {
    expect(readAnswer(answer, false).kind).toBe(kind);
  });

  it('guarantee 7: a refused repeat proves nothing, unless it says so', () => {
    expect(readAnswer(http(400), true).kind).toBe('unknown');
    expect(readAnswer(http(401), true).kind).toBe('unknown');
    expect(readAnswer(http(422, { status: 'failed' }), true).kind).toBe('rejected');
    expect(readAnswer(http(200), true).kind).toBe('accepted');
  });

  it.each(['charge_already_refunded', 'amount_too_large', 'too_many_refunds', 'refund_too_soon'])(
    'guarantee 7: a repeat that finds it paid already may speak of our own payout: %s',
    (code) => {
      const answer = http(422, { status: 'failed', code });
      expect(readAnswer(answer, false)).toMatchObject({ kind: 'rejected', code });
      expect(readAnswer(answer, true).kind).toBe('unknown');
    },
  );

  it('tells what it was told, as far as it is fit to be kept', () => {
    const body = { reference: 're_1', arrives: '2026-03-05', status: 'succeeded' };
    expect(readAnswer(http(200, body), false)).toEqual({
      kind: 'accepted',
      providerRef: 're_1',
      arrives: '2026-03-05',
      isPending: false,
    });
    expect(readAnswer(http(200, { reference: 5, arrives: 'a\u0000b' }), false)).toMatchObject({
      providerRef: null,
      arrives: 'a b',
    });
    expect(readAnswer(http(429, undefined, '7'), false)).toMatchObject({ retryAfterMs: 7_000 });
  });

  it.each([
    [http(200, { status: 'succeeded' }), 'accepted'],
    [http(200, { status: 'not_found' }), 'not_found'],
    [http(404), 'not_found'],
    [http(200, { status: 'failed' }), 'rejected'],
    [http(200), 'unknown'],
    [http(200, { status: 'hm' }), 'unknown'],
    [http(500), 'unknown'],
    [{ kind: 'no-answer', reason: 'x' } as const, 'unknown'],
  ])('asked about a key, %j is %s', (answer, kind) => {
    expect(readInquiry(answer).kind).toBe(kind);
  });
});

describe('the address of the refund service', () => {
  it.each([
    ['https://pay.example/refunds', false, true],
    ['http://127.0.0.1:9/', false, true],
    ['http://localhost:9/', false, true],
    ['http://[::1]:9/', false, true],
    ['http://pay.internal/', false, false],
    ['http://pay.internal/', true, true],
    ['https://user:password@pay.example/', false, false],
    ['ftp://pay.example/', true, false],
    ['pay.example', true, false],
  ])('%s (plain http allowed: %s) is taken: %s', (text, allowHttp, isTaken) => {
    expect(parseWebhookAddress(text, allowHttp).ok).toBe(isTaken);
  });
});
