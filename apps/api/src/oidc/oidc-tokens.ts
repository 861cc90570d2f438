import { PersonTokens, Refusal, type PersonVerdict, type Role } from '@amends/application';
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { z } from 'zod';
import type { OidcOptions } from './oidc-settings';

export interface OidcTimes {
  /** Keys are fetched anew for a key that is not known, but not more often than this. */
  readonly cooldownMs?: number;
  /** Keys that were taken back are taken until then. */
  readonly keysKeptMs?: number;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

const TIMEOUT_MS = 5_000;
const COOLDOWN_MS = 10_000;
const KEYS_KEPT_MS = 10 * 60_000;
const DISCOVERY_BYTES_MAX = 64 * 1024;
const NAME_LENGTH_MAX = 200;

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
 * itself decides how it is checked.
 */
export class OidcTokens extends PersonTokens {
  private keys: Promise<Keys> | undefined;

  constructor(
    private readonly options: OidcOptions,
    private readonly times: OidcTimes = {},
  ) {
    super();
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
    return { kind: 'person', actor: { kind: 'user', id: name, role } };
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
    const { cooldownMs = COOLDOWN_MS, keysKeptMs = KEYS_KEPT_MS } = this.times;
    return createRemoteJWKSet(new URL(this.options.jwksUrl ?? (await this.discover())), {
      timeoutDuration: TIMEOUT_MS,
      cooldownDuration: cooldownMs,
      cacheMaxAge: keysKeptMs,
    });
  }

  private async discover(): Promise<string> {
    const { issuer } = this.options;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(address, { redirect: 'error', signal });
    const text = await response.text();
    if (!response.ok || text.length > DISCOVERY_BYTES_MAX) {
      throw new Error(`discovery answered ${String(response.status)}`);
    }
    const found = discovery.parse(JSON.parse(text));
    if (found.issuer !== issuer) throw new Error('the discovery document is of another issuer');
    return found.jwks_uri;
  }
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

/** One text, several with spaces between, or a list. */
function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim, ...claim.split(' ')];
  return Array.isArray(claim) ? claim.filter((one) => typeof one === 'string') : [];
}
