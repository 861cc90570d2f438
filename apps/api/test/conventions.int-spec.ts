import { connect } from 'node:net';
import { useTestDatabase } from '@amends/testing';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
});

afterAll(() => api.close());

const put = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call(`/v1/customers/${id}`, { method: 'PUT', body, headers });
const CREATE = { 'If-None-Match': '*' };

describe('preconditions', () => {
  it('create with If-None-Match: *, once', async () => {
    const first = await put('p1', { name: 'Ann' }, CREATE);
    const second = await put('p1', { name: 'Ben' }, CREATE);

    expect([first.status, first.etag]).toEqual([201, '"c1"']);
    expect(first.headers.get('location')).toBe('/v1/customers/p1');
    expect([second.status, second.body.code, second.etag]).toEqual([
      412,
      'precondition_failed',
      '"c1"',
    ]);
  });

  it('a change without a precondition is 428, with a stale one 412 and the current tag', async () => {
    await put('p2', { name: 'Ann' }, CREATE);
    await put('p2', { name: 'Ben' }, { 'If-Match': '"c1"' });

    const none = await put('p2', { name: 'Cid' });
    const stale = await put('p2', { name: 'Cid' }, { 'If-Match': '"c1"' });
    const fresh = await put('p2', { name: 'Cid' }, { 'If-Match': '"c0", "c2"' });

    expect([none.status, none.body.code]).toEqual([428, 'precondition_required']);
    expect([stale.status, stale.etag]).toEqual([412, '"c2"']);
    expect([fresh.status, fresh.etag]).toEqual([200, '"c3"']);
  });

  it('a weak tag never matches, and a tag without quotes is no tag', async () => {
    await put('p3', {}, CREATE);

    expect((await put('p3', {}, { 'If-Match': 'W/"c1"' })).status).toBe(412);
    expect((await put('p3', {}, { 'If-Match': 'c1' })).status).toBe(400);
    expect((await put('p3', {}, { 'If-Match': '"c1"', 'If-None-Match': '*' })).status).toBe(400);
    expect((await put('p4', {}, { 'If-Match': '*' })).status).toBe(412);
  });

  it('of two changes at once, one is stale', async () => {
    await put('p5', {}, CREATE);

    const answers = await Promise.all(
      ['Ann', 'Ben', 'Cid', 'Dan'].map((name) => put('p5', { name }, { 'If-Match': '"c1"' })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('a reader who has it is told so', async () => {
    await put('p6', {}, CREATE);

    const known = await api.call('/v1/customers/p6', { headers: { 'If-None-Match': '"c1"' } });
    const other = await api.call('/v1/customers/p6', { headers: { 'If-None-Match': '"c0"' } });

    expect([known.status, known.text, known.etag]).toEqual([304, '', '"c1"']);
    expect(other.status).toBe(200);
  });
});

describe('problems', () => {
  it('have a stable code, and their words in the language of the reader', async () => {
    const body = { e_mail: 'x', currency: 'XYZ', locale: 7 };
    const zh = await put('q1', body, { ...CREATE, 'Accept-Language': 'zh-CN,en;q=0.5' });
    const en = await put('q1', body, CREATE);

    for (const answer of [zh, en]) {
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.body).toMatchObject({
        type: '/problems/invalid-body',
        status: 422,
        code: 'invalid_body',
        instance: '/v1/customers/q1',
        retryable: false,
        request_id: answer.headers.get('x-request-id'),
      });
      const errors = answer.body.errors as { pointer: string; code: string }[];
      expect(errors.map(({ pointer, code }) => [pointer, code]).sort()).toEqual([
        ['/currency', 'unknown_currency'],
        ['/e_mail', 'unknown_field'],
        ['/locale', 'wrong_type'],
      ]);
    }
    expect(zh.headers.get('vary')).toBe('Accept-Language');
    expect(zh.headers.get('content-language')).toBe('zh-CN');
    expect(zh.body.title).toBe('请求正文有误');
    expect(en.headers.get('content-language')).toBe('en');
    expect(en.body.title).toBe('The body has mistakes');
  });

  it.each([
    ['an unknown path', 'GET', '/v1/nothing', 404, 'not_found'],
    ['a path that is no UTF-8', 'GET', '/v1/customers/%ff', 400, 'bad_request'],
    ['a query that is no UTF-8', 'GET', '/v1/rules?q=%ff', 400, 'bad_request'],
    ['U+0000 in a query', 'GET', '/v1/rules?q=%00', 400, 'bad_request'],
    ['U+0000 in a path', 'GET', '/v1/customers/a%00b', 404, 'not_found'],
    ['an id of another kind', 'GET', '/v1/incidents/cmp_1', 404, 'not_found'],
    ['a wrong method', 'DELETE', '/v1/rules/x', 405, 'method_not_allowed'],
    ['an unknown method', 'PATCH', '/v1/rules/x', 405, 'method_not_allowed'],
  ])('%s is answered clearly', async (_name, method, path, status, code) => {
    const answer = await api.call(path, { method });

    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('405 says what is allowed', async () => {
    const answer = await api.call('/v1/rules/x', { method: 'DELETE' });

    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'PUT']);
  });

  it.each([
    ['no JSON', '{"name":', 'application/json', 400, 'malformed_json'],
    ['a key twice', '{"name":"a","name":"b"}', 'application/json', 400, 'malformed_json'],
    ['a prototype key', '{"__proto__":{"name":"b"}}', 'application/json', 400, 'malformed_json'],
    ['a number that overflows', '{"name":1e400}', 'application/json', 400, 'malformed_json'],
    [
      'too deep',
      `{"name":${'['.repeat(500)}${']'.repeat(500)}}`,
      'application/json',
      400,
      'malformed_json',
    ],
    ['no text of ours', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    ['a list', '[]', 'application/json', 422, 'invalid_body'],
    ['a text of blanks', '{"name":" \\t "}', 'application/json', 422, 'invalid_body'],
    ['too much', `{"name":"${'x'.repeat(300_000)}"}`, 'application/json', 413, 'payload_too_large'],
  ])('a body that is %s is refused', async (_name, body, type, status, code) => {
    const headers = { ...CREATE, 'Content-Type': type };
    const answer = await api.call('/v1/customers/q2', { method: 'PUT', body, headers });

    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('a compressed body is refused, not unpacked', async () => {
    const headers = { ...CREATE, 'Content-Encoding': 'gzip' };
    const answer = await api.call('/v1/customers/q2', { method: 'PUT', body: {}, headers });

    expect(answer.status).toBe(415);
  });

  it('takes over a request id that is one, and puts it into the audit row', async () => {
    const headers = { ...CREATE, 'X-Request-Id': 'trace-4711' };
    const answer = await put('q3', {}, headers);
    const odd = await put('q3', {}, { 'X-Request-Id': 'no good id' });

    expect(answer.headers.get('x-request-id')).toBe('trace-4711');
    expect(odd.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{20}$/);
    const { body } = await api.call('/v1/audit?request_id=trace-4711');
    expect(body.items).toMatchObject([{ action: 'customer.create', object: 'customer:q3' }]);
  });
});

describe('lists', () => {
  const names = Array.from({ length: 7 }, (_, index) => `list-${String(index)}`);

  beforeAll(async () => {
    for (const name of names) {
      await api.call('/v1/api-keys', { method: 'POST', body: { name, role: 'viewer' } });
    }
  });

  it('come in pages that lose and double nothing while rows arrive', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/v1/api-keys?role=viewer&limit=2';
    while (path !== undefined) {
      const answer = await api.call(path);
      seen.push(...(answer.body.items as { name: string }[]).map(({ name }) => name));
      if (seen.length === 4) {
        await api.call('/v1/api-keys', { method: 'POST', body: { name: 'new', role: 'viewer' } });
      }
      path = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
      expect(path === undefined).toBe(answer.body.next_cursor === null);
    }

    expect(seen).toEqual([...names].reverse());
  });

  it('can be read the other way round', async () => {
    const { body } = await api.call('/v1/api-keys?role=viewer&order=asc&limit=3');

    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(names.slice(0, 3));
  });

  it('a cursor is bound to its filter and order', async () => {
    const { body } = await api.call('/v1/api-keys?role=viewer&limit=2');
    const cursor = encodeURIComponent(body.next_cursor as string);
    const more = await api.call(`/v1/api-keys?limit=5&cursor=${cursor}&role=viewer`);
    const filter = await api.call(`/v1/api-keys?role=admin&cursor=${cursor}`);
    const order = await api.call(`/v1/api-keys?role=viewer&order=asc&cursor=${cursor}`);

    expect(more.status).toBe(200);
    expect([filter.status, filter.body.code]).toEqual([400, 'cursor_mismatch']);
    expect([order.status, order.body.code]).toEqual([400, 'cursor_mismatch']);
  });

  it.each(['x', 'WzFd', 'bm90aGluZw', 'W10', Buffer.from('{"a":1}').toString('base64url')])(
    'a cursor that is none (%s) is 400',
    async (cursor) => {
      const answer = await api.call(`/v1/api-keys?cursor=${cursor}`);

      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    },
  );

  it('a forged cursor with the right filter never becomes a 500', async () => {
    const { body } = await api.call('/v1/api-keys?role=viewer&limit=1');
    const parts = JSON.parse(
      Buffer.from(body.next_cursor as string, 'base64url').toString(),
    ) as unknown[];
    for (const at of ['', 'now', '2026-02-30 00:00:00+00', '99999-01-01 00:00:00+00', "'; --"]) {
      const forged = Buffer.from(JSON.stringify([parts[0], parts[1], at, parts[3]]));
      const answer = await api.call(
        `/v1/api-keys?role=viewer&limit=1&cursor=${forged.toString('base64url')}`,
      );
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    }
  });

  it.each([
    'limit=0',
    'limit=201',
    'limit=abc',
    'limit=1e2',
    'order=up',
    'rolle=x',
    'limit=1&limit=2',
  ])('?%s is 400', async (query) => {
    expect((await api.call(`/v1/api-keys?${query}`)).status).toBe(400);
  });

  it('the same name repeated is an OR; q is the beginning of an id', async () => {
    const both = await api.call('/v1/api-keys?role=viewer&role=admin&limit=200');
    const roles = new Set((both.body.items as { role: string }[]).map(({ role }) => role));
    const id = (both.body.items as { id: string }[])[0]?.id ?? '';

    expect(roles).toEqual(new Set(['viewer', 'admin']));
    const { body } = await api.call(`/v1/api-keys?q=${id}`);
    expect(body.items).toHaveLength(1);
  });

  it('an estimate of the total is given when it is asked for', async () => {
    const { body } = await api.call('/v1/api-keys?count=estimate&limit=1');

    expect(typeof body.estimated_total).toBe('number');
  });
});

describe('the edge', () => {
  it('what is no HTTP, or has endless headers, gets a problem and not a status of its own', async () => {
    const long = await api.call(`/v1/rules?q=${'x'.repeat(20_000)}`);
    expect([long.status, long.body.code]).toEqual([400, 'bad_request']);

    const answer = await raw('BREW /coffee TTP/1.0\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"bad_request"');
  });

  it('answers OPTIONS with the methods and HEAD without a body', async () => {
    const options = await api.call('/v1/settings', { method: 'OPTIONS' });
    const head = await api.call('/v1/settings', { method: 'HEAD' });

    expect(options.headers.get('allow')?.split(', ').sort()).toEqual([
      'GET',
      'HEAD',
      'OPTIONS',
      'PUT',
    ]);
    expect([head.status, head.text, head.etag]).toEqual([200, '', '"s1"']);
  });

  it('sends the headers that browsers are to obey, and tells nobody what serves it', async () => {
    const { headers } = await api.call('/docs');

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

/** What comes back for these bytes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url);
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => {
      resolve(answer);
    });
    socket.on('error', reject);
  });
}
