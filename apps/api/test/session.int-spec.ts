import { createHash } from 'node:crypto';
import { ApiKeys, ConsoleSessions, PersonTokens, type PersonVerdict } from '@amends/application';
import { createLogger } from '@amends/platform';
import { searchDatabase, useTestDatabase } from '@amends/testing';
import { ROUTES } from '../src/routes';
import { ADMIN_KEY, startApi, type Answer, type ApiHarness, type CallInit } from './api-harness';

const database = useTestDatabase();
const lines: string[] = [];
const HOUR_MS = 3_600_000;

/** An issuer as the port has it: every token is good for ten minutes, or over already. */
class Issuer extends PersonTokens {
  verify(token: string, nowMs: number): Promise<PersonVerdict> {
    const actor = { kind: 'user', id: 'li.wei', role: 'manager' } as const;
    const leftMs = token.endsWith('.over') ? -1_000 : 600_000;
    return Promise.resolve({ kind: 'person', actor, endsAtMs: nowMs + leftMs });
  }
}
const PERSON = 'eyJhbGciOiJub25lIn0.e30.good';

let api: ApiHarness;
beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ app: 'api', level: 'debug', destination });
  api = await startApi(database().url, { logger, people: new Issuer() });
});
afterAll(() => api.close());

interface Browser {
  readonly secret: string;
  readonly csrf: string;
  readonly answer: Answer;
  /** With the cookie alone, or with what is named beside it. */
  readonly ask: (path: string, init?: CallInit) => Promise<Answer>;
  /** A change, with the token. */
  readonly change: (path: string, init?: CallInit) => Promise<Answer>;
}

async function newKey(role: string, expires_at?: string) {
  const body = { name: 'console', role, ...(expires_at === undefined ? {} : { expires_at }) };
  return (await api.call('/v1/api-keys', { method: 'POST', body })).body as {
    id: string;
    secret: string;
  };
}

const secretOf = ({ headers }: Answer) =>
  /^amends_session=([\w-]{43});/.exec(headers.getSetCookie()[0] ?? '')?.[1] ?? '';

async function signIn(key?: string, headers: Record<string, string> = {}): Promise<Browser> {
  const answer = await api.call('/v1/session', {
    method: 'POST',
    headers,
    ...(key !== undefined && { key }),
  });
  const [secret, csrf] = [secretOf(answer), String(answer.body?.csrf_token)];
  const ask = (path: string, init: CallInit = {}) =>
    api.call(path, {
      key: null,
      ...init,
      headers: { Cookie: `amends_session=${secret}`, ...init.headers },
    });
  const change = (path: string, init: CallInit = {}) =>
    ask(path, { ...init, headers: { 'X-CSRF-Token': csrf, ...init.headers } });
  return { secret, csrf, answer, ask, change };
}

const said = ({ status, body }: Answer) => [status, body?.code];
const CLEARED =
  /^amends_session=; Path=\/; Expires=Thu, 01 Jan 1970 [^;]*; HttpOnly; SameSite=Strict$/;
const isCleared = ({ headers }: Answer) => CLEARED.test(headers.getSetCookie().join());
const NEW_HOLD = {
  method: 'POST',
  body: { scope: { rule: 'r' }, what: ['payments'], reason: 'stop' },
};
const hold = (browser: Browser, headers: Record<string, string> = {}) =>
  browser.change('/v1/holds', { ...NEW_HOLD, headers });

describe('signing in', () => {
  it('sets a cookie that no script reads, no other site has sent, and that ends', async () => {
    const { id, secret: key } = await newKey('editor');
    const { answer, csrf } = await signIn(key);

    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      actor: { kind: 'key', id },
      role: 'editor',
      csrf_token: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: expect.any(String),
    });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^amends_session=[\w-]{43}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    const maxAge = Number(/Max-Age=(\d+)/.exec(answer.headers.getSetCookie()[0] ?? '')?.[1]);
    expect(maxAge).toBeGreaterThan(8 * 3_600 - 30);
    expect(maxAge).toBeLessThanOrEqual(8 * 3_600);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).not.toContain(secretOf(answer));
    expect(csrf).not.toBe(secretOf(answer));
  });

  it('over https the cookie is for https alone, whether a proxy or the operator says so', async () => {
    const proxied = await signIn(undefined, { 'X-Forwarded-Proto': 'https' });
    expect(proxied.answer.headers.getSetCookie()[0]).toMatch(
      /; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect((await signIn()).answer.headers.getSetCookie()[0]).not.toContain('Secure');

    const strict = await startApi(database().url, { hstsSeconds: 60 });
    const { headers } = await strict.call('/v1/session', { method: 'POST' });
    await strict.close();
    expect(headers.getSetCookie()[0]).toContain('; Secure');
  });

  it('gives every session a secret and a token of its own', async () => {
    const browsers = await Promise.all(Array.from({ length: 5 }, () => signIn()));

    expect(new Set(browsers.flatMap(({ secret, csrf }) => [secret, csrf])).size).toBe(10);
  });

  it('is not for who has no key, a wrong one, or one that only sends events', async () => {
    expect(said(await api.call('/v1/session', { method: 'POST', key: null }))).toEqual([
      401,
      'unauthorized',
    ]);
    expect((await signIn('amk_0000000000_x')).answer.status).toBe(401);
    expect((await signIn((await newKey('ingest')).secret)).answer.status).toBe(403);
  });

  it('is not done by another session', async () => {
    const browser = await signIn();

    expect(said(await browser.ask('/v1/session', { method: 'POST' }))).toEqual([403, 'csrf']);
    const answer = await browser.change('/v1/session', { method: 'POST' });
    expect(said(answer)).toEqual([403, 'forbidden']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('a session', () => {
  it('is its key: the same person, in the same role, and no more', async () => {
    const { id, secret } = await newKey('editor');
    const browser = await signIn(secret);

    expect((await browser.ask('/v1/settings')).status).toBe(200);
    expect((await hold(browser)).status).toBe(201);
    expect(said(await browser.change('/v1/settings', { method: 'PUT', body: {} }))).toEqual([
      403,
      'forbidden',
    ]);
    const { body } = await api.call('/v1/audit?action=hold.create');
    expect(body.items[0].actor).toEqual({ kind: 'key', id });
  });

  it('takes the role that its key has now', async () => {
    const { id, secret } = await newKey('manager');
    const browser = await signIn(secret);
    await database().pool.query(`update api_key set role = 'viewer' where id = $1`, [id]);

    expect((await browser.ask('/v1/session')).body).toMatchObject({ role: 'viewer' });
    expect(said(await hold(browser))).toEqual([403, 'forbidden']);
  });

  it('is counted with its key', async () => {
    const quotas = { restPerSecond: 5 };
    const narrow = await startApi(database().url, { quotas });
    const made = await narrow.call('/v1/session', { method: 'POST' });
    const headers = { Cookie: `amends_session=${secretOf(made)}` };
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        narrow.call('/v1/settings', n % 2 === 0 ? {} : { key: null, headers }),
      ),
    );
    await narrow.close();

    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(20);
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(20);
  });

  it('of a person is that person, until their token ends', async () => {
    const browser = await signIn(PERSON);
    const { body } = await browser.ask('/v1/session');

    expect(body).toMatchObject({ actor: { kind: 'user', id: 'li.wei' }, role: 'manager' });
    const leftMs = Date.parse(body.expires_at as string) - Date.now();
    expect(leftMs).toBeLessThanOrEqual(600_000);
    expect(leftMs).toBeGreaterThan(590_000);
    expect(said((await signIn('eyJhbGciOiJub25lIn0.e30.over')).answer)).toEqual([
      401,
      'unauthorized',
    ]);
  });

  it('says who it is, and its token again, and is never kept on the way', async () => {
    const { answer, ask, csrf } = await signIn();
    const again = await ask('/v1/session');

    expect([again.status, again.body]).toEqual([200, answer.body]);
    expect(again.body.csrf_token).toBe(csrf);
    expect(again.headers.get('cache-control')).toBe('no-store');
    expect(said(await api.call('/v1/session'))).toEqual([404, 'not_found']);
    expect(said(await api.call('/v1/session', { method: 'DELETE' }))).toEqual([404, 'not_found']);
  });

  it('that is ended is over, for everybody, and its cookie cleared', async () => {
    const browser = await signIn();
    expect(said(await browser.ask('/v1/session', { method: 'DELETE' }))).toEqual([403, 'csrf']);
    expect((await browser.ask('/v1/session')).status).toBe(200);

    const ended = await browser.change('/v1/session', { method: 'DELETE' });

    expect([ended.status, ended.text, isCleared(ended)]).toEqual([204, '', true]);
    const other = await startApi(database().url);
    for (const { call } of [api, other]) {
      const headers = { Cookie: `amends_session=${browser.secret}` };
      const later = await call('/v1/settings', { key: null, headers });
      expect([...said(later), isCleared(later)]).toEqual([401, 'unauthorized', true]);
    }
    await other.close();
  });

  it('is dead at once when its key is revoked', async () => {
    const { id, secret } = await newKey('manager');
    const browser = await signIn(secret);
    expect((await browser.ask('/v1/settings')).status).toBe(200);

    // Not through this process, which would know of it.
    await database().pool.query('update api_key set revoked_at = now() where id = $1', [id]);

    const later = await browser.ask('/v1/settings');
    expect([...said(later), isCleared(later)]).toEqual([401, 'unauthorized', true]);
    expect((await hold(browser)).status).toBe(401);
  });

  it('is dead at once when its key has come to its end, and never promised for longer', async () => {
    const end = new Date(Date.now() + HOUR_MS).toISOString();
    const { id, secret } = await newKey('manager', end);
    const browser = await signIn(secret);
    expect(browser.answer.body.expires_at).toBe(end);

    await database().pool.query(
      `update api_key set expires_at = now() - interval '1 second' where id = $1`,
      [id],
    );
    expect((await browser.ask('/v1/settings')).status).toBe(401);
  });

  it('is dead when another AMENDS_ADMIN_KEY is configured', async () => {
    const browser = await signIn();
    const keys = new ApiKeys(api.database);
    await keys.ensureAdmin('another-key-of-the-tests', Date.now());
    const { status } = await browser.ask('/v1/settings');
    await keys.ensureAdmin(ADMIN_KEY, Date.now());

    expect(status).toBe(401);
    expect((await browser.ask('/v1/settings')).status).toBe(401);
  });

  it('is over after eight hours, and swept up', async () => {
    const [browser, fresh] = [await signIn(), await signIn()];
    const hash = createHash('sha256').update(browser.secret).digest();
    await database().pool.query(
      `update console_session set created_at = created_at - interval '8 hours',
         expires_at = expires_at - interval '8 hours' where token_hash = $1`,
      [hash],
    );

    const later = await browser.ask('/v1/settings');
    expect([...said(later), isCleared(later)]).toEqual([401, 'unauthorized', true]);
    await expect(
      database().pool.query(
        `update console_session set expires_at = created_at + interval '9 hours'`,
      ),
    ).rejects.toMatchObject({ code: '23514' });

    expect(await new ConsoleSessions(api.database).sweep()).toBeGreaterThanOrEqual(1);
    const { rows } = await database().pool.query(
      'select 1 from console_session where token_hash = $1',
      [hash],
    );
    expect(rows).toEqual([]);
    expect((await fresh.ask('/v1/settings')).status).toBe(200);
  });

  it('that is made or ended stands in the audit', async () => {
    const { id, secret } = await newKey('viewer');
    const { change } = await signIn(secret, { 'X-Request-Id': 'req_sign_in' });
    await change('/v1/session', { method: 'DELETE', headers: { 'X-Request-Id': 'req_sign_out' } });
    const rows = async (action: string) =>
      (await api.call(`/v1/audit?action=${action}`)).body.items[0] as Record<string, unknown>;

    const actor = { kind: 'key', id };
    const made = await rows('session.create');
    const ended = await rows('session.end');
    expect(made).toMatchObject({ actor, request_id: 'req_sign_in', after: { role: 'viewer' } });
    expect(ended).toMatchObject({ actor, request_id: 'req_sign_out', object: made['object'] });
  });

  it('never shows its secret in a log, the audit or the database', async () => {
    const { secret, csrf, ask, change } = await signIn();
    await ask('/v1/settings');
    await ask('/v1/holds', NEW_HOLD);
    await change('/v1/holds', { method: 'POST', body: { scope: secret } });
    await ask('/v1/settings', { headers: { Cookie: `amends_session=${secret}x` } });
    await change('/v1/session', { method: 'DELETE' });

    expect(lines.join('')).toContain('"route":"/v1/session"');
    // What it is made of, too, as PostgreSQL shows bytes.
    const bytes = Buffer.from(secret, 'base64url').toString('hex');
    for (const canary of [secret, csrf, bytes]) {
      expect(lines.join('')).not.toContain(canary);
      expect(await searchDatabase(database().pool, canary)).toEqual([]);
    }
  });
});

describe('a change by a session', () => {
  it('needs the token of this very session', async () => {
    const [browser, other] = [await signIn(), await signIn()];
    const wrong = [
      {},
      { 'X-CSRF-Token': '' },
      { 'X-CSRF-Token': other.csrf },
      { 'X-CSRF-Token': browser.secret },
      { 'X-CSRF-Token': `${browser.csrf}x` },
      { 'X-CSRF-Token': browser.csrf.slice(0, -1) },
      { 'X-CSRF-Token': `${browser.csrf}, ${browser.csrf}` },
    ];
    for (const headers of wrong) {
      const answer = await browser.ask('/v1/holds', { ...NEW_HOLD, headers });
      expect([headers, ...said(answer)]).toEqual([headers, 403, 'csrf']);
      // It is not the session's fault that another site abuses it.
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect((await hold(browser)).status).toBe(201);
  });

  it('says so in the language of who reads it', async () => {
    const browser = await signIn();
    const init = { method: 'DELETE', headers: { 'Accept-Language': 'zh' } };
    const { body } = await browser.ask('/v1/session', init);

    expect(body).toMatchObject({ title: '该请求并非由本站页面发出', retryable: false });
    expect(body.hint).toContain('X-CSRF-Token');
  });

  it('is refused from another site, though it had the token', async () => {
    const browser = await signIn();
    const host = new URL(api.url).host;
    const foreign: Record<string, string>[] = [
      { Origin: 'https://evil.example.com' },
      { Origin: 'null' },
      { Origin: '' },
      { Origin: 'nonsense' },
      { Origin: 'file://' },
      { Origin: `http://${host}.evil.example.com` },
      { Origin: `http://${host}@evil.example.com` },
      { Origin: `http://evil.example.com/http://${host}` },
      { Origin: `http://127.0.0.1:1` },
      { Origin: `http://127.0.0.1` },
      { Origin: `http://sub.${host}` },
      { Origin: `http://${host}/` },
      { Origin: `http://${host}, https://evil.example.com` },
      { Origin: `http://${host}`, 'X-Forwarded-Proto': 'https' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: `http://${host}`, 'Sec-Fetch-Site': 'cross-site' },
    ];
    for (const headers of foreign) {
      expect([headers, ...said(await hold(browser, headers))]).toEqual([headers, 403, 'csrf']);
    }
    const own: Record<string, string>[] = [
      { Origin: `http://${host}` },
      { Origin: `http://${host}`, 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'same-origin' },
      { Origin: `https://${host}`, 'X-Forwarded-Proto': 'https' },
    ];
    for (const headers of own) {
      expect([headers, (await hold(browser, headers)).status]).toEqual([headers, 201]);
    }
  });

  it.each(
    ROUTES.filter(({ method, roles }) => method !== 'GET' && roles !== 'anyone').map(
      ({ method, path }) => [`${method} ${path}`, method, path] as const,
    ),
  )('%s is refused without the token', async (_name, method, path) => {
    const { ask } = await signIn();
    const answer = await ask(path.replaceAll(/\{\w+\}/g, 'x'), { method });

    expect(said(answer)).toEqual([403, 'csrf']);
  });
});

describe('a cookie', () => {
  it('is not looked at beside an Authorization header, which needs no token', async () => {
    const browser = await signIn();
    const { secret: viewer } = await newKey('viewer');

    expect((await browser.ask('/v1/holds', { ...NEW_HOLD, key: ADMIN_KEY })).status).toBe(201);
    expect(said(await browser.change('/v1/holds', { ...NEW_HOLD, key: viewer }))).toEqual([
      403,
      'forbidden',
    ]);
    for (const Authorization of ['Bearer wrong', 'Basic eDp5', 'Bearer', '']) {
      const answer = await browser.change('/v1/settings', { headers: { Authorization } });
      expect([Authorization, ...said(answer)]).toEqual([Authorization, 401, 'unauthorized']);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const twice = await browser.ask('/v1/session', { method: 'POST', key: viewer });
    expect([twice.status, twice.body.role]).toEqual([201, 'viewer']);
  });

  it('that we did not give is refused as a wrong key is, and cleared', async () => {
    const [browser, other] = [await signIn(), await signIn()];
    const { secret } = browser;
    const wrong = [
      'amends_session=',
      'amends_session',
      `amends_session=${'A'.repeat(43)}`,
      `amends_session=${secret}A`,
      `amends_session=${secret.slice(1)}`,
      `amends_session="${secret}"`,
      `amends_session=${'A'.repeat(10_000)}`,
      `amends_session=${browser.csrf}`,
      `amends_session=${ADMIN_KEY}`,
      `amends_session=${createHash('sha256').update(secret).digest('base64url')}`,
      `amends_session=%00${encodeURIComponent('é')}`,
      `amends_session=${secret}; amends_session=${other.secret}`,
      `amends_session=${other.secret}; a=b; amends_session=${secret}`,
      `amends_session=${secret};amends_session=${secret}`,
    ];
    for (const Cookie of wrong) {
      const answer = await browser.ask('/v1/settings', { headers: { Cookie } });
      const wanted = Cookie !== 'amends_session';
      expect([Cookie, ...said(answer), isCleared(answer)]).toEqual([
        Cookie,
        401,
        'unauthorized',
        wanted,
      ]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="amends"');
    }
    for (const Cookie of [`Amends_Session=${secret}`, `xamends_session=${secret}`, 'a=b']) {
      const answer = await browser.ask('/v1/settings', { headers: { Cookie } });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    }
    for (const Cookie of [`a=b; amends_session=${secret}`, `amends_session=${secret};c=d`]) {
      expect((await browser.ask('/v1/settings', { headers: { Cookie } })).status).toBe(200);
    }
  });

  it('opens no door that is not for people', async () => {
    const closed = await startApi(database().url, { metricsToken: 'the-token-of-metrics' });
    const made = await closed.call('/v1/session', { method: 'POST' });
    const headers = { Cookie: `amends_session=${secretOf(made)}` };
    const { status } = await closed.call('/metrics', { key: null, headers });
    await closed.close();

    expect(status).toBe(401);
  });

  it('costs one statement at a time, however many there are', async () => {
    const counted = async () => {
      const { rows } = await database().pool.query<{ calls: number }>(
        `select coalesce(sum(calls), 0)::int as calls from pg_stat_statements s
         join pg_database d on d.oid = s.dbid
         where d.datname = current_database() and query like '%from console_session s%'`,
      );
      return rows[0]?.calls ?? 0;
    };
    const sessions = new ConsoleSessions(api.database);
    const before = await counted();
    const found = await Promise.all(
      Array.from({ length: 500 }, (_, n) => sessions.find(String(n).padStart(43, 'f'))),
    );

    expect(new Set(found)).toEqual(new Set([undefined]));
    expect((await counted()) - before).toBeLessThanOrEqual(2);
  });

  it('that cannot be looked up keeps nobody with a key from stopping everything', async () => {
    const client = await database().pool.connect();
    await client.query('begin; lock table console_session in access exclusive mode');
    const stuck = Array.from({ length: 20 }, async (_, n) => {
      const Cookie = `amends_session=${String(n).padStart(43, 'f')}`;
      return (await api.call('/v1/settings', { key: null, headers: { Cookie } })).status;
    });
    await new Promise((passed) => setTimeout(passed, 100));
    const { status } = await api.call('/v1/holds', NEW_HOLD);
    await client.query('rollback');
    client.release();

    expect(status).toBe(201);
    expect(new Set(await Promise.all(stuck))).toEqual(new Set([401]));
  });
});

it('no answer lets another site read it', async () => {
  const browser = await signIn();
  const headers = { Origin: 'https://evil.example.com' };
  const preflight = {
    ...headers,
    'Access-Control-Request-Method': 'DELETE',
    'Access-Control-Request-Headers': 'x-csrf-token, authorization',
  };
  for (const { method, path } of ROUTES) {
    const at = path.replaceAll(/\{\w+\}/g, 'x');
    const answers = [
      await api.call(at, { method, headers, key: null }),
      await browser.ask(at, { method, headers }),
      await browser.ask(at, { method: 'OPTIONS', headers: preflight }),
    ];
    for (const answer of answers) {
      const names = [...answer.headers.keys()];
      expect(names.filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(names).toEqual(
        expect.arrayContaining(['content-security-policy', 'x-content-type-options']),
      );
    }
  }
});
