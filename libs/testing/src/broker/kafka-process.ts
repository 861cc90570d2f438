import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { freePorts } from '../net/free-ports';
import { waitFor } from '../wait-for';

const READY_TIMEOUT_MS = 60_000;

/** Listeners beside the plain one, which keeps its place. */
export interface SecuredListeners {
  /** Lines of server.properties that come last, and so count. */
  properties(port: number, controllerPort: number): string;
  /** `SCRAM-SHA-256=[name=…,password=…]` */
  readonly scramUsers: readonly string[];
}

/** A Kafka broker in a process: one node that is broker and controller (KRaft). */
export class KafkaProcess {
  private constructor(
    readonly brokers: readonly string[],
    private readonly folder: string,
    private readonly command: readonly [string, ...string[]],
    private pid: number,
  ) {}

  /**
   * Makes the broker's storage in the folder and starts it. It outlives this process; whoever
   * starts it sees to its end, or the end of the test run does.
   */
  static async start(
    folder: string,
    jars: { java: string; folder: string },
    secured?: (folder: string) => SecuredListeners,
  ): Promise<KafkaProcess> {
    mkdirSync(folder, { recursive: true });
    const [port = 0, controllerPort = 0] = await freePorts(2);
    const properties = join(folder, 'server.properties');
    const security = secured?.(folder);
    const lines = serverProperties(folder, port, controllerPort);
    writeFileSync(properties, lines + (security?.properties(port, controllerPort) ?? ''));

    const classpath = join(jars.folder, '*');
    // One that begins with a dash would be taken for an option.
    const clusterId = `A${randomBytes(16).toString('base64url').slice(1)}`;
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
    for (const user of security?.scramUsers ?? []) format.push('--add-scram', user);
    const formatted = spawnSync(jars.java, [...JVM, '-cp', classpath, ...format], {
      encoding: 'utf8',
    });
    if (formatted.status !== 0) {
      throw new Error(`Kafka storage: ${formatted.stdout}${formatted.stderr}`);
    }
    const command = [jars.java, ...JVM, '-cp', classpath, 'kafka.Kafka', properties] as const;
    const broker = new KafkaProcess(
      [`127.0.0.1:${String(port)}`],
      folder,
      command,
      launch(command, folder),
    );
    await broker.ready();
    return broker;
  }

  get isRunning(): boolean {
    return isRunning(this.pid);
  }

  /** Ends the broker as by a crash. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the broker in good order. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(join(this.folder, 'kafka.pid'), { force: true });
  }

  /** Starts it again after `kill` or `stop`: same address, same data. */
  async restart(): Promise<void> {
    this.pid = launch(this.command, this.folder);
    await this.ready();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this;
    if (isRunning(pid)) process.kill(pid, signal);
    await waitFor(() => !isRunning(pid), { timeoutMs: 30_000, what: 'the end of the broker' });
  }

  private async ready(): Promise<void> {
    const client = new Kafka({ brokers: [...this.brokers], logLevel: logLevel.NOTHING });
    const admin = client.admin({ retry: { retries: 0 } });
    try {
      await waitFor(
        async () => {
          if (!isRunning(this.pid)) return true;
          await admin.connect();
          return (await admin.describeCluster()).brokers.length === 1;
        },
        { timeoutMs: READY_TIMEOUT_MS, pollMs: 100, what: 'the broker' },
      );
    } finally {
      await admin.disconnect();
    }
    if (!isRunning(this.pid)) {
      throw new Error(`Kafka: ${readFileSync(join(this.folder, 'kafka.log'), 'utf8')}`);
    }
  }
}

/** Small and quick to start: its life is short. */
const JVM = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

function launch([program, ...args]: readonly [string, ...string[]], folder: string): number {
  const log = openSync(join(folder, 'kafka.log'), 'a');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`${program} cannot be started`);
  writeFileSync(join(folder, 'kafka.pid'), String(child.pid));
  return child.pid;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function serverProperties(folder: string, port: number, controllerPort: number): string {
  const settings: Record<string, string | number> = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${String(controllerPort)}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${String(port)},CONTROLLER://127.0.0.1:${String(controllerPort)}`,
    'log.dirs': join(folder, 'data').replaceAll('\\', '/'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // After a kill the node may register again only when its former self is given up.
    'broker.session.timeout.ms': 1_500,
    'broker.heartbeat.interval.ms': 300,
    // Specs that wait for a dead member need not wait for long.
    'group.min.session.timeout.ms': 1_000,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value)}\n`)
    .join('');
}
