import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutboundGuard, type OutboundGuardOptions } from '@amends/channels';
import { useTestDatabase } from '@amends/testing';
import {
  CompactSign,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  SignJWT,
  type JWTPayload,
} from 'jose';
import { parseConfig } from '@amends/platform';
import { z } from 'zod';
import { checkOidcSettings, OIDC_SETTINGS, type OidcOptions } from '../src/oidc/oidc-settings';
import { OidcTokens } from '../src/oidc/oidc-tokens';
import { startApi, type ApiHarness } from './api-harness';

const database = useTestDatabase();
const AUDIENCE = 'https://amends.example.com';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An issuer as companies have one: discovery and keys over HTTP. */
class Issuer {
  readonly asked: string[] = [];
  isDown = false;
  /** Everything but this is redirected there. */
  movedTo: string | undefined;
  discovery: Record<string, unknown> = {};
  private keys: { kid: string; pair: Pair }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Issuer> {
    let issuer: Issuer | undefined = undefined;
    const server = createServer((request, response) => {
      void issuer?.answer(request.url ?? '').then(([status, body]) => {
        const to = issuer?.movedTo;
        response
          .writeHead(status, {
            'content-type': 'application/json',
            ...(to !== undefined && { location: to }),
          })
          .end(JSON.stringify(body));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    issuer = new Issuer(server);
    await issuer.rotate('k1');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  get key(): { kid: string; pair: Pair } {
    const key = this.keys.at(-1);
    if (key === undefined) throw new Error('there is no key');
    return key;
  }

  /** New keys; the old ones are not published any more. */
  async rotate(kid: string, alg = 'RS256'): Promise<void> {
    this.keys = [{ kid, pair: await generateKeyPair(alg, { extractable: true }) }];
  }

  close(): Promise<unknown> {
    return new Promise((closed) => this.server.close(closed));
  }

  private async answer(path: string): Promise<[number, unknown]> {
    this.asked.push(path);
    if (this.isDown) return [503, {}];
    if (this.movedTo !== undefined && path !== this.movedTo) return [302, {}];
    if (path === '/.well-known/openid-configuration') {
      return [200, { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.discovery }];
    }
    const keys = await Promise.all(
      this.keys.map(async ({ kid, pair }) => ({
        ...(await exportJWK(pair.publicKey)),
        kid,
        use: 'sig',
      })),
    );
    return [200, { keys }];
  }
}

let issuer: Issuer;
let api: ApiHarness;

beforeAll(async () => {
  issuer = await Issuer.start();
  api = await startApi(database().url, { people: new OidcTokens(options(), { cooldownMs: 0 }) });
});
afterAll(async () => {
  await api.close();
  await issuer.close();
});

function options(changes: Partial<OidcOptions> = {}): OidcOptions {
  return {
    issuer: issuer.url,
    audience: AUDIENCE,
    algorithms: ['RS256'],
    roleClaim: 'roles',
    roles: new Map([
      ['amends-managers', 'manager'],
      ['amends-viewers', 'viewer'],
      ['feeds', 'ingest'],
    ]),
    nameClaim: 'preferred_username',
    clockSkewSeconds: 30,
    ...changes,
  };
}

const nowSeconds = () => Math.floor(Date.now() / 1000);

function claims(changes: JWTPayload = {}): JWTPayload {
  return {
    iss: issuer.url,
    aud: AUDIENCE,
    sub: 'u-1',
    preferred_username: 'li.wei',
    roles: ['amends-managers', 'something-else'],
    iat: nowSeconds(),
    exp: nowSeconds() + 300,
    ...changes,
  };
}

function sign(payload: JWTPayload, { kid, pair } = issuer.key, alg = 'RS256'): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(pair.privateKey);
}

const status = async (key: string) => (await api.call('/v1/settings', { key })).status;

/** Header and payload as they are, with a signature of one's own making. */
function assemble(header: object, payload: object, signature: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}

it('a token of the issuer lets a person in, with the role it gives, under their name', async () => {
  const key = await sign(claims());
  expect(await status(key)).toBe(200);

  const put = await api.call('/v1/customers/c_oidc/block', {
    method: 'PUT',
    key,
    body: { blocked: true, reason: 'abuse' },
    headers: { 'If-None-Match': '*' },
  });
  expect(put.status).toBe(201);
  const { body } = await api.call('/v1/audit?action=customer.block');
  expect(body.items[0]).toMatchObject({ actor: { kind: 'user', id: 'li.wei' } });
});

it('a session lasts as long as the token it was made from', async () => {
  const exp = nowSeconds() + 300;
  const key = await sign(claims({ exp }));
  const { status: made, body } = await api.call('/v1/session', { method: 'POST', key });

  expect([made, Date.parse(body.expires_at as string)]).toEqual([201, exp * 1000]);
  expect(body).toMatchObject({ actor: { kind: 'user', id: 'li.wei' }, role: 'manager' });
  // Taken for the sake of clocks that differ; nothing new is begun with it.
  const late = await sign(claims({ exp: nowSeconds() - 5 }));
  expect(await status(late)).toBe(200);
  expect((await api.call('/v1/session', { method: 'POST', key: late })).status).toBe(401);
});

it('a role is what the settings make of the claim, and no more', async () => {
  const viewer = await sign(claims({ roles: 'amends-viewers' }));
  expect(await status(viewer)).toBe(200);
  const asViewer = await api.call('/v1/budgets/x', { method: 'PUT', key: viewer, body: {} });
  expect(asViewer.status).toBe(403);

  for (const roles of [undefined, [], ['admin'], ['manager'], ['feeds'], [{ admin: true }], 7]) {
    expect(await status(await sign(claims({ roles })))).toBe(403);
  }
});

it('a claim may lie deeper', async () => {
  const tokens = new OidcTokens(options({ roleClaim: 'realm_access.roles' }));
  const token = await sign(claims({ realm_access: { roles: ['amends-viewers'] } }));

  expect(await tokens.verify(token, Date.now())).toMatchObject({ actor: { role: 'viewer' } });
});

describe('a token is refused', () => {
  it.each<[string, () => JWTPayload]>([
    ['of another issuer', () => claims({ iss: 'https://evil.example.com' })],
    ['of an issuer that looks like ours', () => claims({ iss: `${issuer.url}/` })],
    ['of no issuer', () => claims({ iss: undefined as unknown as string })],
    ['for another audience', () => claims({ aud: 'https://other.example.com' })],
    ['for no audience', () => claims({ aud: undefined as unknown as string })],
    ['for audiences that only begin like ours', () => claims({ aud: [`${AUDIENCE}.evil`] })],
    ['that has expired', () => claims({ exp: nowSeconds() - 31 })],
    ['that never expires', () => claims({ exp: undefined as unknown as number })],
    ['that is not valid yet', () => claims({ nbf: nowSeconds() + 60 })],
    ['without a subject', () => claims({ sub: undefined as unknown as string })],
    ['without the name the audit needs', () => claims({ preferred_username: undefined })],
    ['whose name is no text', () => claims({ preferred_username: ['li.wei'] })],
  ])('%s', async (_what, payload) => {
    expect(await status(await sign(payload()))).toBe(401);
  });

  it('but clocks may differ by what is allowed', async () => {
    expect(await status(await sign(claims({ exp: nowSeconds() - 20 })))).toBe(200);
    expect(await status(await sign(claims({ nbf: nowSeconds() + 20 })))).toBe(200);
  });

  it('that is not signed at all', async () => {
    for (const alg of ['none', 'None', 'NONE', '']) {
      expect(await status(assemble({ alg, kid: 'k1' }, claims(), ''))).toBe(401);
      expect(await status(assemble({ alg, kid: 'k1' }, claims(), 'AAAA'))).toBe(401);
    }
  });

  it("that takes the issuer's public key for a shared secret", async () => {
    const pem = await exportSPKI(issuer.key.pair.publicKey);
    const jwk = JSON.stringify(await exportJWK(issuer.key.pair.publicKey));
    for (const secret of [pem, pem.trim(), jwk]) {
      const token = await new CompactSign(Buffer.from(JSON.stringify(claims())))
        .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
        .sign(Buffer.from(secret));
      expect(await status(token)).toBe(401);
    }
  });

  it('that brings its own key along', async () => {
    const own = await generateKeyPair('RS256', { extractable: true });
    const jwk = await exportJWK(own.publicKey);
    for (const header of [
      { jwk },
      { jku: 'https://evil.example.com/keys' },
      { x5u: 'https://e' },
    ]) {
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
        .sign(own.privateKey);
      expect(await status(token)).toBe(401);
    }
  });

  it('of a kind of signature that is not allowed, though the key is right', async () => {
    const { kid, pair } = issuer.key;
    const privateKey = await importPKCS8(await exportPKCS8(pair.privateKey), 'RS512');
    const token = await sign(claims(), { kid, pair: { ...pair, privateKey } }, 'RS512');

    expect(await status(token)).toBe(401);
  });

  it('of a key that the issuer does not have', async () => {
    const strange = { kid: 'strange', pair: await generateKeyPair('RS256') };
    expect(await status(await sign(claims(), strange))).toBe(401);
    expect(await status(await sign(claims(), { ...strange, kid: 'k1' }))).toBe(401);
  });

  it('of which one letter was changed', async () => {
    const token = await sign(claims({ roles: ['amends-viewers'] }));
    const [header = '', , signature = ''] = token.split('.');
    const payload = Buffer.from(JSON.stringify(claims())).toString('base64url');
    expect(await status(`${header}.${payload}.${signature}`)).toBe(401);
    expect(await status('a.b.c')).toBe(401);
    expect(await status(`${token}x`)).toBe(401);
  });
});

it('keys that the issuer changes are taken, and those it gave up are not', async () => {
  const old = issuer.key;
  await issuer.rotate('k2');

  expect(await status(await sign(claims()))).toBe(200);
  expect(await status(await sign(claims(), old))).toBe(401);
});

it('an issuer that is away is no reason to let anybody in, and no fault of theirs', async () => {
  const tokens = new OidcTokens(options(), { cooldownMs: 0 });
  issuer.isDown = true;
  const token = await sign(claims());
  await expect(tokens.verify(token, Date.now())).rejects.toMatchObject({ code: 'unavailable' });
  issuer.isDown = false;

  expect(await tokens.verify(token, Date.now())).toMatchObject({ kind: 'person' });
});

it('a discovery document of somebody else is not believed', async () => {
  issuer.discovery = { issuer: 'https://evil.example.com' };
  const tokens = new OidcTokens(options());
  await expect(tokens.verify(await sign(claims()), Date.now())).rejects.toMatchObject({
    code: 'unavailable',
  });
  issuer.discovery = {};
});

it('strange keys do not make us ask the issuer each time', async () => {
  const tokens = new OidcTokens(options(), { cooldownMs: 60_000 });
  await tokens.verify(await sign(claims()), Date.now());
  const before = issuer.asked.length;
  const strange = { kid: 'strange', pair: await generateKeyPair('RS256') };
  for (let n = 0; n < 10; n += 1) await tokens.verify(await sign(claims(), strange), Date.now());

  expect(issuer.asked.length - before).toBeLessThanOrEqual(1);
});

describe('what is fetched from the issuer', () => {
  /** The issuer of the specs under a name, which leads where it is told to, in turn. */
  const named = (...answers: readonly string[]) => {
    let turn = 0;
    const resolve: NonNullable<OutboundGuardOptions['resolve']> = (_host, _options, done) => {
      const address = answers[Math.min(turn, answers.length - 1)] ?? '';
      turn += 1;
      done(null, [{ address, family: 4 }]);
    };
    return resolve;
  };
  const at = (host: string) => issuer.url.replace('127.0.0.1', host);
  const refused = async (tokens: OidcTokens) => {
    const before = issuer.asked.length;
    await expect(tokens.verify(await sign(claims()), Date.now())).rejects.toMatchObject({
      code: 'unavailable',
    });
    return issuer.asked.slice(before);
  };

  afterEach(() => {
    issuer.discovery = {};
    issuer.movedTo = undefined;
  });

  it('is not fetched from where a name leads into a private network, now or the second time', async () => {
    for (const answers of [['10.0.0.1'], ['127.0.0.1'], ['1.1.1.1', '127.0.0.1']]) {
      const guard = new OutboundGuard({ resolve: named(...answers) });
      // As somebody who looks before asking would do.
      if (answers.length > 1) {
        await new Promise((done) => {
          guard.lookupFor(new URL(at('id.example.com')))('id.example.com', {}, done);
        });
      }
      const own = options({ issuer: at('id.example.com') });
      expect(await refused(new OidcTokens(own, { guard }))).toEqual([]);
      const keys = options({ jwksUrl: `${at('id.example.com')}/keys` });
      expect(await refused(new OidcTokens(keys, { guard }))).toEqual([]);
    }
  });

  it('comes from a private network that the operator has named', async () => {
    const guard = new OutboundGuard({ allowed: ['127.0.0.0/8'], resolve: named('127.0.0.1') });
    const tokens = new OidcTokens(options({ jwksUrl: `${at('id.internal')}/keys` }), { guard });

    expect(await tokens.verify(await sign(claims()), Date.now())).toMatchObject({ kind: 'person' });
  });

  it.each(['https://10.0.0.1', 'https://169.254.169.254', 'https://[fd00::1]', 'https://0x7f.2'])(
    'at %s is refused when it is set',
    (address) => {
      expect(() => new OidcTokens(options({ issuer: address }))).toThrow(
        'OIDC_ISSUER is no public address: name its range in AMENDS_OUTBOUND_PRIVATE',
      );
      expect(() => new OidcTokens(options({ jwksUrl: `${address}/keys` }))).toThrow(
        'OIDC_JWKS_URL is no public address',
      );
    },
  );

  it.each(['http://id.example.com/keys', 'https://10.0.0.1/keys', 'file:///etc/passwd'])(
    'is not fetched from %s because the discovery document says so',
    async (address) => {
      issuer.discovery = { jwks_uri: address };

      expect(await refused(new OidcTokens(options()))).toEqual([
        '/.well-known/openid-configuration',
      ]);
    },
  );

  it('is not fetched from this machine because an issuer elsewhere says so', async () => {
    const elsewhere = at('id.internal');
    issuer.discovery = { issuer: elsewhere, jwks_uri: `${issuer.url}/keys` };
    const guard = new OutboundGuard({ allowed: ['127.0.0.0/8'], resolve: named('127.0.0.1') });
    const tokens = new OidcTokens(options({ issuer: elsewhere }), { guard });

    expect(await refused(tokens)).toEqual(['/.well-known/openid-configuration']);
  });

  it('is not fetched from where it is redirected to', async () => {
    issuer.movedTo = '/elsewhere';
    expect(await refused(new OidcTokens(options()))).toEqual(['/.well-known/openid-configuration']);
    const keys = new OidcTokens(options({ jwksUrl: `${issuer.url}/keys` }));
    expect(await refused(keys)).toEqual(['/keys']);
  });

  it('is not read when it is too long', async () => {
    issuer.discovery = { padding: 'x'.repeat(70_000) };

    expect(await refused(new OidcTokens(options()))).toEqual(['/.well-known/openid-configuration']);
  });
});

it('API keys go on as before', async () => {
  expect((await api.call('/v1/settings')).status).toBe(200);
});

describe('the settings', () => {
  const schema = z.object(OIDC_SETTINGS).superRefine(checkOidcSettings);
  const both = { OIDC_ISSUER: 'https://id.example.com', OIDC_AUDIENCE: 'amends' };

  it.each([
    [{ OIDC_ISSUER: both.OIDC_ISSUER }, 'OIDC_AUDIENCE'],
    [{ OIDC_AUDIENCE: 'amends' }, 'OIDC_AUDIENCE'],
    [{ ...both, OIDC_ISSUER: 'http://id.example.com' }, 'OIDC_ISSUER'],
    [{ ...both, OIDC_JWKS_URL: 'http://id.example.com/keys' }, 'OIDC_JWKS_URL'],
    [{ ...both, OIDC_ALGORITHMS: 'HS256' }, 'OIDC_ALGORITHMS'],
    [{ ...both, OIDC_ALGORITHMS: 'RS256,none' }, 'OIDC_ALGORITHMS'],
    [{ ...both, OIDC_ROLES: 'finance=boss' }, 'OIDC_ROLES'],
    [{ ...both, OIDC_ROLES: 'finance' }, 'OIDC_ROLES'],
    [{ ...both, OIDC_CLOCK_SKEW_SECONDS: '3600' }, 'OIDC_CLOCK_SKEW_SECONDS'],
  ])('%j is refused for %s', (env, variable) => {
    const parsed = parseConfig(schema, env);

    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.variable)).toContain(variable);
  });

  it('read the issuer’s names for our roles', () => {
    const parsed = parseConfig(schema, { ...both, OIDC_ROLES: 'cn=fin,ou=x=approver, ops=admin' });

    // A comma parts two names; an equals sign within one is its own.
    expect(parsed.ok).toBe(false);
    const plain = parseConfig(schema, { ...both, OIDC_ROLES: 'g=fin=approver, ops=admin' });
    expect(plain.ok && plain.config.OIDC_ROLES).toEqual(
      new Map([
        ['g=fin', 'approver'],
        ['ops', 'admin'],
      ]),
    );
  });
});
