// A Kafka broker of one's own, by the recipe of ../shared/DESIGN.md: one KRaft node out of the published
// jars, with the JVM's ordinary settings, in a folder that goes away afterwards.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { library, ROOT } from './dist.mjs';
import { hasEnded, start, stop } from './processes.mjs';
import { freePort } from './service.mjs';

const require = createRequire(import.meta.url);
const READY_MS = 60_000;

/** Gives the work a broker `{ address, pid, kafka }`, and ends and removes it in any case. */
export async function withBroker(work) {
  const { java, folder: jars } = findJars();
  const folder = mkdtempSync(join(tmpdir(), 'amends-bench-kafka-'));
  const [port, controllerPort] = [await freePort(), await freePort()];
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties(folder, port, controllerPort));
  const run = ['-Xmx1g', '-cp', join(jars, '*')];
  // One that begins with a dash would be taken for an option.
  const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  execFileSync(java, [...run, ...format], { stdio: 'ignore' });
  const log = join(folder, 'kafka.log');
  const child = start(java, [...run, 'kafka.Kafka', properties], { log });
  try {
    const address = `127.0.0.1:${port}`;
    const kafka = library('messaging').createKafka({ brokers: [address], clientId: 'bench' });
    await ready(kafka, child, log);
    return await work({ address, pid: child.pid, kafka });
  } finally {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As the specs have them. */
function findJars() {
  require(join(ROOT, 'scripts', 'typescript-hook.cjs'));
  const { kafkaJars } = require(join(ROOT, 'libs', 'testing', 'src', 'broker', 'kafka-jars.ts'));
  const jars = kafkaJars();
  if (!jars.ok) throw new Error(`a broker needs ${jars.missing}`);
  return jars;
}

async function ready(kafka, child, log) {
  const giveUpAtMs = Date.now() + READY_MS;
  for (;;) {
    if (hasEnded(child) || Date.now() > giveUpAtMs) {
      throw new Error(`the broker did not start: ${readFileSync(log, 'utf8').slice(-2_000)}`);
    }
    const admin = kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      if ((await admin.describeCluster()).brokers.length === 1) return;
    } catch {
      await sleep(200);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

function serverProperties(folder, port, controllerPort) {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'num.partitions': 6,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
