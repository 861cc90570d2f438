import { KAFKA_SESSION_TIMEOUT_MS } from '@amends/messaging';
import { checkKafkaSettings, DATABASE_SETTINGS, KAFKA_SETTINGS, setting } from '@amends/platform';
import { z } from 'zod';

const POOL_DEFAULT = '6';

/** What the detector reads from the environment wherever it runs. */
export const DETECTION_SETTINGS = {
  AMENDS_KAFKA_GROUP: z.string().min(1).default('amends-detector').describe('Consumer group'),
  AMENDS_KAFKA_SESSION_SECONDS: setting
    .integer(1, 300)
    .prefault(String(KAFKA_SESSION_TIMEOUT_MS / 1_000))
    .describe('A detector that Kafka has not heard of for so long loses its partitions'),
  AMENDS_STANDSTILL_SECONDS: setting
    .integer(5, 86_400)
    .prefault('300')
    .describe('/healthz fails when records wait and none was read for so long'),
};

/** Settings of the detector as a process of its own. */
export const detectorConfig = z
  .object({
    DATABASE_URL: setting.url('postgres', 'postgresql').describe('PostgreSQL'),
    ...DATABASE_SETTINGS,
    /** Without brokers events come from the log in PostgreSQL. */
    ...KAFKA_SETTINGS,
    ...DETECTION_SETTINGS,
    AMENDS_CLOCK: z
      .enum(['wall', 'stream'], { error: 'must be wall or stream' })
      .default('wall')
      .describe('stream: the clock follows the events, for replays and tests'),
    AMENDS_DETECTOR_POOL: setting
      .integer(4, 100)
      .prefault(POOL_DEFAULT)
      .describe('Connections for batches, and as many for timers'),
    LOG_LEVEL: setting.logLevel().default('info'),
    AMENDS_DATA_DIR: z
      .string()
      .optional()
      .describe('Set for every role of the image; not used here'),
    AMENDS_OPS_PORT: setting.port().prefault('3001').describe('/healthz, /readyz and /metrics'),
  })
  .superRefine(checkKafkaSettings);

export type DetectorConfig = z.output<typeof detectorConfig>;
