import { Kafka, logLevel, Partitioners, type LogEntry, type Producer } from 'kafkajs';
import { calmRequestQueue } from './calm-request-queue';
import type { KafkaSecurity } from './kafka-security';
import { registerCodecs } from './register-codecs';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly security?: KafkaSecurity;
  /** Warnings and errors of the client, but for what every rebalance brings. */
  readonly onLog?: (level: 'warn' | 'error', message: string) => void;
  /** How often a request is sent again before it fails; 20 unless given. */
  readonly retries?: number;
}

/** Said at ERROR level by kafkajs in the course of normal rebalances and restarts of a broker. */
const NORMAL =
  /rebalanc|coordinator is (loading|not available)|not the correct coordinator|not aware of this member|heartbeat/i;

/** A kafkajs client with the settings and repairs that all of ours share. */
export function createKafka({
  brokers,
  clientId,
  security,
  onLog,
  retries = 20,
}: KafkaClientOptions): Kafka {
  calmRequestQueue();
  registerCodecs();
  return new Kafka({
    clientId,
    brokers: [...brokers],
    ...security,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      if (!isNormal(entry)) onLog?.(entry.level === logLevel.ERROR ? 'error' : 'warn', text(entry));
    },
    retry: { initialRetryTime: 100, maxRetryTime: 10_000, retries },
  });
}

/**
 * A producer that loses and reorders nothing: acknowledged by all replicas, idempotent, one request
 * in flight. Partitions as the Java client does.
 */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
}

function isNormal(entry: LogEntry): boolean {
  return NORMAL.test(text(entry));
}

function text({ log, namespace }: LogEntry): string {
  const { error } = log as { error?: unknown };
  return `${namespace}: ${log.message}${typeof error === 'string' ? `: ${error}` : ''}`;
}
