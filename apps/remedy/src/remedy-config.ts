import {
  AUDIT_SETTINGS,
  auditAnchorSettings,
  checkKafkaSettings,
  DATABASE_SETTINGS,
  KAFKA_SETTINGS,
  OUTBOUND_SETTINGS,
  setting,
} from '@amends/platform';
import { z } from 'zod';

/** What remedy reads from its environment; the standalone program takes these into its own. */
export const REMEDY_SETTINGS = {
  /** Where mail is handed over; without it every mail is a file in the data folder. */
  SMTP_URL: setting.url('smtp', 'smtps').optional(),
  AMENDS_DATA_DIR: z.string().default('.amends'),
  /** Providers in YAML or JSON; docs/operating.md, Payout providers. */
  PAYOUT_PROVIDERS: z.string().optional(),
  /** How often our books are compared with a provider's list; 0: never by itself. */
  PAYOUT_RECONCILE_HOURS: setting.integer(0, 24 * 7).default(24),
  /** The company's own refund service; without it refunds and replacements wait. */
  REFUND_WEBHOOK_URL: setting.url('https', 'http').optional(),
  REFUND_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and base 64 of at least 24 bytes')
    .optional(),
  /** Where it can be asked what became of a refund. */
  REFUND_QUERY_URL: setting.url('https', 'http').optional(),
  /** Plain http to another machine, for a private network. */
  REFUND_WEBHOOK_ALLOW_HTTP: setting.flag().default(false),
  /** For how long the service knows a key. */
  REFUND_KEY_WINDOW_HOURS: setting.integer(1, 24 * 365).default(24),
  ...DATABASE_SETTINGS,
  ...AUDIT_SETTINGS,
  ...OUTBOUND_SETTINGS,
} as const;

/** The settings of a process that runs remedy alone. */
export const RemedyConfig = z
  .object({
    ...REMEDY_SETTINGS,
    DATABASE_URL: setting.url('postgres', 'postgresql'),
    LOG_LEVEL: setting.logLevel().default('info'),
    /** Health and metrics. */
    PORT: setting.port().default(3002),
    AMENDS_CLOCK: z.enum(['wall', 'stream']).default('wall'),
    /** With a broker, what happens is told to Kafka. */
    ...KAFKA_SETTINGS,
  })
  .superRefine(checkKafkaSettings);

export type RemedyConfig = z.output<typeof RemedyConfig>;
type RemedySettings = Pick<RemedyConfig, keyof typeof REMEDY_SETTINGS>;

const HOUR_MS = 60 * 60 * 1000;

/** The settings in the words of those who make the adapters. */
export function adapterSettings(config: RemedySettings) {
  return {
    payout: {
      list: config.PAYOUT_PROVIDERS,
      env: process.env,
      refundUrl: config.REFUND_WEBHOOK_URL,
      refundSecret: config.REFUND_WEBHOOK_SECRET,
      refundQueryUrl: config.REFUND_QUERY_URL,
      allowHttp: config.REFUND_WEBHOOK_ALLOW_HTTP,
      keyWindowMs: config.REFUND_KEY_WINDOW_HOURS * HOUR_MS,
    },
    audit: auditAnchorSettings(config),
    message: { smtpUrl: config.SMTP_URL, dataFolder: config.AMENDS_DATA_DIR },
  };
}
