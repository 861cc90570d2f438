import type { z } from 'zod';
import type { API_SETTINGS } from './api-settings';
import { oidcOptions } from './oidc/oidc-settings';
import { OidcTokens } from './oidc/oidc-tokens';

type Settings = z.output<z.ZodObject<typeof API_SETTINGS>>;

/** What stands between the network and the routes, in the words of `apiParts`. */
export function edgeSettings(config: Settings) {
  const oidc = oidcOptions(config);
  return {
    quotas: {
      ingestPerSecond: config.RATE_LIMIT_INGEST,
      restPerSecond: config.RATE_LIMIT_REST,
      holdsPerSecond: config.RATE_LIMIT_HOLD,
    },
    hstsSeconds: config.HSTS_SECONDS,
    metricsToken: config.METRICS_TOKEN,
    people: oidc && new OidcTokens(oidc),
  };
}
