import { ROLES, type Role } from '@amends/application';
import { setting } from '@amends/platform';
import { z } from 'zod';

/** Signatures of key pairs only: with a shared secret whoever can check a token could make one. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const SKEW_SECONDS = '30';

/** Who says who people are (OpenID Connect); without an issuer there are API keys only. */
export const OIDC_SETTINGS = {
  OIDC_ISSUER: setting
    .url('https', 'http')
    .refine(isSafe, { error: 'must start with https:// unless it is on this machine' })
    .optional(),
  OIDC_AUDIENCE: z.string().min(1).optional(),
  /** Instead of what the issuer's discovery document names. */
  OIDC_JWKS_URL: setting
    .url('https', 'http')
    .refine(isSafe, { error: 'must start with https:// unless it is on this machine' })
    .optional(),
  OIDC_ALGORITHMS: setting
    .list()
    .refine((names) => names.every((name) => ALGORITHMS.includes(name)), {
      error: `must be of ${ALGORITHMS.join(', ')}`,
    })
    .prefault('RS256'),
  /** A claim, or a path to one with dots: `realm_access.roles`. */
  OIDC_ROLE_CLAIM: z.string().min(1).default('roles'),
  /** The issuer's names for our roles; unless set, they are ours. */
  OIDC_ROLES: setting.list().transform(readRoles).optional(),
  /** What the audit calls people by. */
  OIDC_NAME_CLAIM: z.string().min(1).default('sub'),
  OIDC_CLOCK_SKEW_SECONDS: setting.integer(0, 300).prefault(SKEW_SECONDS),
} as const;

interface OidcConfig {
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_AUDIENCE?: string | undefined;
  readonly OIDC_JWKS_URL?: string | undefined;
  readonly OIDC_ALGORITHMS: readonly string[];
  readonly OIDC_ROLE_CLAIM: string;
  readonly OIDC_ROLES?: ReadonlyMap<string, Role> | undefined;
  readonly OIDC_NAME_CLAIM: string;
  readonly OIDC_CLOCK_SKEW_SECONDS: number;
}

/** An issuer's tokens are for many; without an audience those for others would do here. */
export function checkOidcSettings(config: OidcConfig, context: z.RefinementCtx): void {
  const hasIssuer = config.OIDC_ISSUER !== undefined;
  if (hasIssuer === (config.OIDC_AUDIENCE !== undefined)) return;
  context.addIssue({
    code: 'custom',
    path: ['OIDC_AUDIENCE'],
    message: 'belongs together with OIDC_ISSUER: both or none',
  });
}

export interface OidcOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string | undefined;
  readonly algorithms: readonly string[];
  readonly roleClaim: string;
  readonly roles: ReadonlyMap<string, Role>;
  readonly nameClaim: string;
  readonly clockSkewSeconds: number;
}

/** Undefined: there is no issuer. */
export function oidcOptions(config: OidcConfig): OidcOptions | undefined {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  return {
    issuer,
    audience,
    jwksUrl: config.OIDC_JWKS_URL,
    algorithms: config.OIDC_ALGORITHMS,
    roleClaim: config.OIDC_ROLE_CLAIM,
    roles: config.OIDC_ROLES ?? new Map(ROLES.map((role) => [role, role])),
    nameClaim: config.OIDC_NAME_CLAIM,
    clockSkewSeconds: config.OIDC_CLOCK_SKEW_SECONDS,
  };
}

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.has(hostname);
}

/** `finance=approver` each; what is no role of ours is a misspelling. */
function readRoles(pairs: readonly string[], context: z.RefinementCtx): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=');
    const role = ROLES.find((one) => one === pair.slice(at + 1).trim());
    if (at > 0 && role !== undefined) roles.set(pair.slice(0, at).trim(), role);
    else {
      const message = `must be a list of name=role, the roles being ${ROLES.join(', ')}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  }
  return roles;
}
