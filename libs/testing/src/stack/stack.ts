import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@amends/platform';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaJars } from '../broker/kafka-jars';
import { KafkaProcess } from '../broker/kafka-process';
import { freePorts } from '../net/free-ports';
import { KeptProcess } from './kept-process';

export interface StackOptions {
  /** Everything is kept here: data, logs, pid files. */
  readonly folder: string;
  /** Of the api; 0: any free one. */
  readonly port: number;
  readonly adminKey?: string;
  /** Brokers of yours instead of one that is started. */
  readonly brokers?: readonly string[];
  /** Added to what every process is given. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onRestart?: (name: string) => void;
}

const DATABASE = 'amends';
const DETECTORS = 2;
const REMEDIES = 2;
/** As docker-compose.yml has it. */
const PARTITIONS = 6;
const TOPICS = [
  'delivery.events',
  'quality.events',
  'support.events',
  'amends.incidents',
  'amends.compensations',
  'amends.messages',
  'amends.quarantine',
];
const WATCH_MS = 500;

/** What docker-compose.yml starts, without Docker: broker, database, and each part of Amends alone. */
export class Stack {
  private watch: NodeJS.Timeout | undefined;
  private isWatching = false;

  private constructor(
    readonly brokers: readonly string[],
    readonly adminKey: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly broker: KafkaProcess | undefined,
    /** The order in which they are started. */
    readonly processes: readonly KeptProcess[],
    private readonly options: StackOptions,
  ) {}

  /** @throws Error saying what to install when a broker cannot be started */
  static async start(options: StackOptions): Promise<Stack> {
    const { folder, adminKey = `amk_${randomBytes(24).toString('hex')}` } = options;
    const postgres = new EmbeddedPostgres({ folder: join(folder, 'postgres') });
    await postgres.start();
    await postgres.ensureDatabase(DATABASE);
    const broker = options.brokers === undefined ? await startBroker(folder) : undefined;
    const brokers = options.brokers ?? broker?.brokers ?? [];
    await createTopics(brokers);
    const shared = {
      DATABASE_URL: postgres.url(DATABASE),
      KAFKA_BROKERS: brokers.join(','),
      AMENDS_DATABASE_ROLES: 'require',
      ...options.env,
    };
    const processes = await describe(options, shared, adminKey);
    const stack = new Stack(brokers, adminKey, postgres, broker, processes, options);
    try {
      await stack.launch();
    } catch (error) {
      await stack.close();
      throw error;
    }
    return stack;
  }

  get url(): string {
    return this.processes[0]?.url ?? '';
  }

  get databaseUrl(): string {
    return this.postgres.url(DATABASE);
  }

  /** Everything in the order that loses nothing: what writes first, the database last. */
  async close(): Promise<void> {
    clearInterval(this.watch);
    const [api, ...workers] = this.processes;
    const detectors = workers.filter(({ name }) => name.startsWith('detector'));
    await Promise.all(detectors.map((one) => one.stop()));
    await Promise.all(workers.map((one) => one.stop()));
    await api?.stop();
    await this.broker?.stop();
    await this.postgres.stop();
  }

  private async launch(): Promise<void> {
    const [api, ...workers] = this.processes;
    // It migrates the database, which the others rely on.
    api?.start();
    await api?.ready();
    for (const worker of workers) worker.start();
    await Promise.all(workers.map((worker) => worker.ready()));
    this.watch = setInterval(() => {
      if (this.isWatching) return;
      this.isWatching = true;
      void this.revive().finally(() => (this.isWatching = false));
    }, WATCH_MS);
  }

  /** Broker and database have no parent of theirs to notice that they died. */
  private async revive(): Promise<void> {
    if (this.postgres.pid === undefined) {
      this.options.onRestart?.('postgres');
      await this.postgres.stop();
      await this.postgres.start();
    }
    if (this.broker !== undefined && !this.broker.isRunning) {
      this.options.onRestart?.('kafka');
      await this.broker.restart();
    }
  }
}

async function startBroker(folder: string): Promise<KafkaProcess> {
  const jars = kafkaJars();
  if (jars.ok) return KafkaProcess.start(join(folder, 'kafka'), jars);
  throw new Error(
    `a broker needs Java 17 and Maven, or KAFKA_BROKERS set; missing: ${jars.missing}`,
  );
}

async function createTopics(brokers: readonly string[]): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    const missing = TOPICS.filter((topic) => !existing.has(topic));
    await admin.createTopics({
      topics: missing.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
    });
  } finally {
    await admin.disconnect();
  }
}

async function describe(
  { folder, port, onRestart }: StackOptions,
  shared: Readonly<Record<string, string>>,
  adminKey: string,
): Promise<KeptProcess[]> {
  const [free = 0, ...ports] = await freePorts(1 + DETECTORS + REMEDIES);
  const one = (name: string, app: string, at: number, env: Readonly<Record<string, string>>) => {
    let starts = 0;
    return new KeptProcess({
      name,
      app,
      folder,
      url: `http://127.0.0.1:${String(at)}`,
      env: () => ({ ...shared, ...env }),
      onStart: () => {
        if (starts > 0) onRestart?.(name);
        starts += 1;
      },
    });
  };
  const apiPort = port === 0 ? free : port;
  const api = one('api', 'api', apiPort, { PORT: String(apiPort), AMENDS_ADMIN_KEY: adminKey });
  const workers = ports.map((at, index) => {
    const isDetector = index < DETECTORS;
    const number = String(isDetector ? index + 1 : index - DETECTORS + 1);
    return isDetector
      ? one(`detector-${number}`, 'detector', at, { AMENDS_OPS_PORT: String(at) })
      : one(`remedy-${number}`, 'remedy', at, { PORT: String(at) });
  });
  return [api, ...workers];
}
