import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Kafka, logLevel, type ITopicConfig } from 'kafkajs';
import { oncePerRun } from '../run/once-per-run';
import { testRunFolder } from '../run/test-run-folder';
import { hasDocker, startDockerBroker } from './docker-broker';
import { kafkaJars } from './kafka-jars';
import { KafkaProcess, type SecuredListeners } from './kafka-process';

/** A real Kafka, shared by the specs of a run. */
export interface TestBroker {
  readonly brokers: readonly string[];
  /** A client that logs nothing. */
  client(clientId?: string): Kafka;
  /** Makes a topic no other spec has and gives its name. One partition unless given. */
  createTopic(
    settings?: Omit<ITopicConfig, 'topic'> & { readonly prefix?: string },
  ): Promise<string>;
}

/**
 * The broker of this test run: the one `KAFKA_BROKERS` names, else one started from the jars of
 * Kafka (Java and Maven), else one in a container. Fails when there is no way to have one: specs
 * that need a broker are never skipped.
 */
export async function testBroker(): Promise<TestBroker> {
  const brokers = await oncePerRun('kafka', findOrStart, 400_000);
  const client = (clientId = 'spec') =>
    new Kafka({ clientId, brokers: [...brokers], logLevel: logLevel.NOTHING });
  return {
    brokers,
    client,
    createTopic: async ({ prefix = 'test', ...settings } = {}) => {
      const topic = `${prefix}.${randomBytes(6).toString('hex')}`;
      const admin = client('spec-admin').admin();
      await admin.connect();
      try {
        // `waitForLeaders` would ask for metadata of a topic the broker may not know of yet.
        await admin.createTopics({
          topics: [{ numPartitions: 1, replicationFactor: 1, ...settings, topic }],
        });
      } finally {
        await admin.disconnect();
      }
      return topic;
    },
  };
}

/**
 * A broker of a spec's own, to kill and to restart.
 *
 * @throws Error saying what to install: this needs Java and Maven
 */
export async function startOwnBroker(
  secured?: (folder: string) => SecuredListeners,
): Promise<KafkaProcess> {
  const jars = kafkaJars();
  if (!jars.ok) throw new Error(`a broker to kill needs ${jars.missing}`);
  const folder = join(testRunFolder(), `kafka-${randomBytes(6).toString('hex')}`);
  return KafkaProcess.start(folder, jars, secured);
}

async function findOrStart(): Promise<readonly string[]> {
  const given = process.env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '') return given.split(',');

  const jars = kafkaJars();
  if (jars.ok) return (await KafkaProcess.start(join(testRunFolder(), 'kafka'), jars)).brokers;
  if (hasDocker()) return [await startDockerBroker()];

  throw new Error(
    'these specs need a Kafka broker: set KAFKA_BROKERS, or install Java 17 and Maven, ' +
      `or start Docker. Missing for the second: ${jars.missing}`,
  );
}
