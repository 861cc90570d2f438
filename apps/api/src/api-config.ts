import {
  AUDIT_SETTINGS,
  checkKafkaSettings,
  DATABASE_SETTINGS,
  KAFKA_SETTINGS,
  OUTBOUND_SETTINGS,
  setting,
} from '@amends/platform';
import { z } from 'zod';
import { checkOidcSettings } from './oidc/oidc-settings';
import { API_SETTINGS } from './api-settings';

const HOUR_MS = 60 * 60 * 1000;

/** The settings of a process that runs REST alone. */
export const apiConfig = z
  .object({
    ...API_SETTINGS,
    DATABASE_URL: setting.url('postgres', 'postgresql'),
    ...DATABASE_SETTINGS,
    AMENDS_CLOCK: z.enum(['wall', 'stream'], { error: 'must be wall or stream' }).default('wall'),
    /** With a broker, events go to Kafka; without, to the log in PostgreSQL. */
    ...KAFKA_SETTINGS,
    ...AUDIT_SETTINGS,
    ...OUTBOUND_SETTINGS,
    /** Where anchors of the audit are, unless their path is set. */
    AMENDS_DATA_DIR: z.string().optional(),
    LOG_LEVEL: setting.logLevel().default('info'),
    /** As in the process that runs remedy; what is only needed to send may be missing. */
    PAYOUT_PROVIDERS: z.string().optional(),
    /** As in the process that runs remedy: what a retry or an approval starts goes the same way. */
    REFUND_WEBHOOK_URL: setting.url('https', 'http').optional(),
    REFUND_WEBHOOK_SECRET: z.string().min(1).optional(),
    REFUND_QUERY_URL: setting.url('https', 'http').optional(),
    REFUND_WEBHOOK_ALLOW_HTTP: setting.flag().default(false),
    REFUND_KEY_WINDOW_HOURS: setting.integer(1, 24 * 365).default(24),
  })
  .superRefine(checkKafkaSettings)
  .superRefine(checkOidcSettings);

export type ApiConfig = z.output<typeof apiConfig>;

/** In the words of `createPayoutProviders`. */
export function payoutSettings(config: ApiConfig) {
  return {
    list: config.PAYOUT_PROVIDERS,
    env: process.env,
    sends: false,
    refundUrl: config.REFUND_WEBHOOK_URL,
    refundSecret: config.REFUND_WEBHOOK_SECRET,
    refundQueryUrl: config.REFUND_QUERY_URL,
    allowHttp: config.REFUND_WEBHOOK_ALLOW_HTTP,
    keyWindowMs: config.REFUND_KEY_WINDOW_HOURS * HOUR_MS,
  };
}
