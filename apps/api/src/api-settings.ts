import { setting } from '@amends/platform';
import { z } from 'zod';
import { OIDC_SETTINGS } from './oidc/oidc-settings';

/** Shorter could be guessed; what is made at the first start is far longer. */
const ADMIN_KEY_LENGTH_MIN = 8;
const ADMIN_KEY_LENGTH_MAX = 200;

/** What the REST side reads from its environment; the standalone program takes these into its own. */
export const API_SETTINGS = {
  PORT: setting.port().default(3000),
  /** All interfaces, so that it is reachable from outside of a container. */
  HOST: z.string().min(1).default('0.0.0.0'),
  /** The first Admin key; without it one is made at the first start and printed once. */
  AMENDS_ADMIN_KEY: z
    .string()
    .min(ADMIN_KEY_LENGTH_MIN, {
      error: `must have at least ${String(ADMIN_KEY_LENGTH_MIN)} characters`,
    })
    .max(ADMIN_KEY_LENGTH_MAX, {
      error: `must have at most ${String(ADMIN_KEY_LENGTH_MAX)} characters`,
    })
    .regex(/^[\u0021-\u007e]*$/, { error: 'must be printable ASCII without spaces' })
    .optional(),
  /** Whoever reads `/metrics` must send it as a bearer token; without it they are open. */
  METRICS_TOKEN: z.string().min(1).optional(),
  /** Requests per second and key. */
  RATE_LIMIT_INGEST: setting.integer(1, 1_000_000).default(10_000),
  RATE_LIMIT_REST: setting.integer(1, 1_000_000).default(2_000),
  /** Of holds alone. */
  RATE_LIMIT_HOLD: setting.integer(1, 1_000_000).default(50),
  /** For how long browsers are to ask by https only; for what stands behind a proxy that speaks TLS. */
  HSTS_SECONDS: setting.integer(0, 63_072_000).default(0),
  ...OIDC_SETTINGS,
} as const;
