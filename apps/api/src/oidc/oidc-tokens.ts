import { PersonTokens, Refusal, type PersonVerdict, type Role } from '@amends/application';
import { fetchOutbound, processGuard, type OutboundGuard } from '@amends/channels';
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { OidcOptions } from './oidc-settings';

export interface OidcTokensOptions {
  /** What is fetched has to pass it; that of the process unless given. */
  readonly guard?: OutboundGuard;
  /** Keys are fetched anew for a key that is not known, but not more often than this. */
  readonly cooldownMs?: number;
  /** Keys that were taken back are taken until then. */
  readonly keysKeptMs?: number;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

const MS_PER_SECOND = 1_000;
const TIMEOUT_MS = 5_000;
const COOLDOWN_MS = 10_000;
const KEYS_KEPT_MS = 10 * 60_000;
const NAME_LENGTH_MAX = 200;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The strongest of the roles somebody has counts; `ingest` is for machines. */
const BY_STRENGTH: readonly Role[] = ['admin', 'manager', 'approver', 'editor', 'viewer'];

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

/** The token is not one of the issuer's, for us, and now. All else that fails is no fault of it. */
const INVALID = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/**
 * Tokens of an OpenID Connect issuer. Issuer, audience and algorithms are ours to say: nothing that a token says about
 * itself decides how it is checked. What is fetched from the issuer passes the guard of all that is sent.
 */
export class OidcTokens extends PersonTokens {
  private keys: Promise<Keys> | undefined;

  constructor(
    private readonly options: OidcOptions,
    private readonly parts: OidcTokensOptions = {},
  ) {
    super();
    const { issuer, jwksUrl } = options;
    for (const [name, address] of Object.entries({ OIDC_ISSUER: issuer, OIDC_JWKS_URL: jwksUrl })) {
      if (address === undefined || (parts.guard ?? processGuard()).allowsHost(new URL(address)))
        continue;
      throw new Error(`${name} is no public address: name its range in AMENDS_OUTBOUND_PRIVATE`);
    }
  }

  async verify(token: string, nowMs: number): Promise<PersonVerdict> {
    const { issuer, audience, algorithms, clockSkewSeconds } = this.options;
    let payload: JWTPayload;
    try {
      const verified = await jwtVerify(token, await this.issuerKeys(), {
        issuer,
        audience,
        algorithms: [...algorithms],
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp', 'sub'],
      });
      ({ payload } = verified);
    } catch (error) {
      if (INVALID.some((kind) => error instanceof kind)) return { kind: 'invalid' };
      throw new Refusal('unavailable', {
        detail: 'The keys of the token issuer cannot be had at the moment.',
      });
    }
    return this.personOf(payload);
  }

  private personOf(payload: JWTPayload): PersonVerdict {
    const { nameClaim, roleClaim, roles } = this.options;
    const name = claimOf(payload, nameClaim);
    if (typeof name !== 'string' || name === '' || name.length > NAME_LENGTH_MAX) {
      return { kind: 'invalid' };
    }
    const claimed = textsOf(claimOf(payload, roleClaim)).map((text) => roles.get(text));
    const role = BY_STRENGTH.find((one) => claimed.includes(one));
    if (role === undefined) return { kind: 'no-role', id: name };
    return { kind: 'person', actor: { kind: 'user', id: name, role }, endsAtMs: endOf(payload) };
  }

  private issuerKeys(): Promise<Keys> {
    this.keys ??= this.findKeys().catch((error: unknown) => {
      // Asked again by the next one.
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async findKeys(): Promise<Keys> {
    const { cooldownMs = COOLDOWN_MS, keysKeptMs = KEYS_KEPT_MS } = this.parts;
    return createRemoteJWKSet(new URL(this.options.jwksUrl ?? (await this.discover())), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: cooldownMs,
      cacheMaxAge: keysKeptMs,
      [customFetch]: (url, { headers }) => this.fetch(new URL(url), Object.fromEntries(headers)),
    });
  }

  private async discover(): Promise<string> {
    const { issuer } = this.options;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await this.fetch(new URL(address));
    if (!response.ok) throw new Error(`discovery answered ${String(response.status)}`);
    const found = discovery.parse(await response.json());
    if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer');
    requireLikeIssuer(new URL(found.jwks_uri), new URL(issuer));
    return found.jwks_uri;
  }

  private fetch(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return fetchOutbound(url, { headers, timeoutMs: TIMEOUT_MS, guard: this.parts.guard });
  }
}

/** What the issuer names is fetched over TLS; this machine only by an issuer that is on it. */
function requireLikeIssuer(keys: URL, issuer: URL): void {
  if (LOOPBACK.has(keys.hostname) && LOOPBACK.has(issuer.hostname)) return;
  if (LOOPBACK.has(keys.hostname)) throw new Error('the issuer names this machine for its keys');
  if (keys.protocol !== 'https:') throw new Error('the issuer names no https address for its keys');
}

/** By its name, or by a path with dots. */
function claimOf(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** Asked for when the token is verified. */
function endOf({ exp }: JWTPayload): number {
  return (exp ?? 0) * MS_PER_SECOND;
}

/** One text, several with spaces between, or a list. */
function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim, ...claim.split(' ')];
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : [];
}
