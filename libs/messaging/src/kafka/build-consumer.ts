import type { Consumer, Kafka } from 'kafkajs';
import { subscriptionAssigner } from './subscription-assigner';

export interface ConsumerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly sessionTimeoutMs?: number;
  /** How soon added partitions are noticed. */
  readonly metadataAgeMaxMs?: number;
}

/** Within it a detector that died is replaced; it is also the least that brokers take unless told otherwise. */
export const KAFKA_SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MAX_MS = 3_000;
/** For members to finish what they handle, a chunk each; it bounds how long a rebalance takes. */
const REBALANCE_TIMEOUT_MS = 20_000;
/** A partition that is added is read so soon; until then it holds the clock. */
const METADATA_AGE_MAX_MS = 10_000;
const MAX_WAIT_MS = 250;
const PARTITION_BYTES_MAX = 1_048_576;
const FETCH_BYTES_MAX = 8_388_608;
/** Within kafkajs, before it gives up and is replaced. */
const RETRIES = 4;

/** A consumer that is not connected, and does not restart by itself. */
export function buildConsumer(options: ConsumerOptions): Consumer {
  const { kafka, groupId, sessionTimeoutMs = KAFKA_SESSION_TIMEOUT_MS } = options;
  return kafka.consumer({
    groupId,
    partitionAssigners: [subscriptionAssigner],
    metadataMaxAge: options.metadataAgeMaxMs ?? METADATA_AGE_MAX_MS,
    sessionTimeout: sessionTimeoutMs,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: Math.min(HEARTBEAT_MAX_MS, Math.floor(sessionTimeoutMs / 3)),
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: PARTITION_BYTES_MAX,
    maxBytes: FETCH_BYTES_MAX,
    allowAutoTopicCreation: false,
    // The supervisor does that: there are errors kafkajs does not restart from.
    retry: { retries: RETRIES, restartOnFailure: () => Promise.resolve(false) },
  });
}
