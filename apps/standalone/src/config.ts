import { checkKafkaSettings, KAFKA_SETTINGS, setting } from '@amends/platform';
import { z } from 'zod';
import { checkOidcSettings } from '../../api/src/oidc/oidc-settings';
import { API_SETTINGS } from '../../api/src/api-settings';
import { DETECTION_SETTINGS } from '../../detector/src/detector-config';
import { REMEDY_SETTINGS } from '../../remedy/src/remedy-config';

/** Everything `npm start` reads from the environment; docs/operating.md explains each. */
export const standaloneConfig = z
  .object({
    ...REMEDY_SETTINGS,
    ...API_SETTINGS,
    /** Instead of the embedded PostgreSQL. */
    DATABASE_URL: setting.url('postgres', 'postgresql').optional(),
    AMENDS_CLOCK: z.enum(['wall', 'stream'], { error: 'must be wall or stream' }).default('wall'),
    /** With a broker, events are read from Kafka; without, from the log in PostgreSQL. */
    ...KAFKA_SETTINGS,
    ...DETECTION_SETTINGS,
    LOG_LEVEL: setting.logLevel().default('info'),
  })
  .refine(
    (config) =>
      (config.REFUND_WEBHOOK_URL === undefined) === (config.REFUND_WEBHOOK_SECRET === undefined),
    {
      path: ['REFUND_WEBHOOK_SECRET'],
      error: 'belongs together with REFUND_WEBHOOK_URL: both or none',
    },
  )
  .superRefine(checkKafkaSettings)
  .superRefine(checkOidcSettings)
  .refine((config) => config.KAFKA_BROKERS === undefined || config.AMENDS_CLOCK !== 'stream', {
    path: ['AMENDS_CLOCK'],
    error: 'the stream clock needs one order of arrival: unset KAFKA_BROKERS',
  });

export type StandaloneConfig = z.output<typeof standaloneConfig>;
