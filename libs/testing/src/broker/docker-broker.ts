import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts } from '../net/free-ports';
import { testRunFolder } from '../run/test-run-folder';
import { waitFor } from '../wait-for';

const IMAGE = 'apache/kafka:4.1.0';
const START_TIMEOUT_MS = 300_000;

export function hasDocker(): boolean {
  const probe = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 });
  return probe.status === 0;
}

/** A broker in a container, which the end of the test run removes. Gives its address. */
export async function startDockerBroker(): Promise<string> {
  const [port = 0] = await freePorts(1);
  const environment = Object.entries({
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `PLAINTEXT://:${String(port)},CONTROLLER://:9093`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${String(port)}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
  }).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const publish = `127.0.0.1:${String(port)}:${String(port)}`;
  const started = spawnSync(
    'docker',
    ['run', '--detach', '--rm', '-p', publish, ...environment, IMAGE],
    { encoding: 'utf8', timeout: START_TIMEOUT_MS },
  );
  if (started.status !== 0) throw new Error(`docker run ${IMAGE}: ${started.stderr}`);
  writeFileSync(join(testRunFolder(), 'kafka.container'), started.stdout.trim());

  const address = `127.0.0.1:${String(port)}`;
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin({
    retry: { retries: 0 },
  });
  await waitFor(
    async () => {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length === 1;
    },
    { timeoutMs: 60_000, pollMs: 200, what: 'the broker in its container' },
  );
  await admin.disconnect();
  return address;
}
