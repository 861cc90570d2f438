import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@amends/platform';
import { freePorts, KeptProcess, startOwnBroker, type KeptEnding } from '@amends/testing';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import { Journal } from './journal';
import { MailReceiver, type Mail } from './mail-receiver';
import { PayoutReceiver, type Movement } from './payout-receiver';
import { TcpProxy } from './tcp-proxy';

export type Broker = Awaited<ReturnType<typeof startOwnBroker>>;
export type Role = 'api' | 'detector' | 'remedy';

/** A process of Amends and every arrow that leaves it. */
export interface Member {
  readonly name: string;
  readonly role: Role;
  readonly process: KeptProcess;
  readonly database: TcpProxy;
  readonly kafka: TcpProxy;
  /** To the refund service and to the mail server: remedies alone. */
  readonly others: readonly TcpProxy[];
}

/** How a process came to its end. */
export interface Death {
  readonly member: Member;
  readonly pid: number;
  readonly atMs: number;
  /** `kill`, the name of a crash point, or `exit`: it gave up by itself. */
  readonly how: string;
}

/** Whom the service speaks to, and what they have written down. */
export interface Outside {
  readonly payouts: PayoutReceiver;
  readonly movements: Journal<Movement>;
  readonly mail: MailReceiver;
  readonly mails: Journal<Mail>;
}

export interface WorldOptions {
  readonly folder: string;
  readonly seed: number;
  /** What is run, if not `dist/`. */
  readonly dist?: string;
  readonly onDeath: (death: Death) => void;
  readonly onFirstRequest: (key: string) => Promise<void>;
  readonly onMail: (mail: Mail) => void;
}

export const TOPICS = ['delivery.events', 'quality.events', 'support.events', 'other.events'];
export const PARTITIONS = 4;
export const ADMIN_KEY = 'amk_chaos_0123456789abcdefghijklmnop';

const SECRET = `whsec_${Buffer.from('a secret of the fault campaign').toString('base64')}`;
const DATABASE = 'amends';
const MEMBERS: readonly (readonly [string, Role])[] = [
  ['api', 'api'],
  ['detector-1', 'detector'],
  ['detector-2', 'detector'],
  ['detector-3', 'detector'],
  ['remedy-1', 'remedy'],
  ['remedy-2', 'remedy'],
];

/** Everything there is: the service in its processes, what it stands on, and whom it speaks to. */
export class World {
  readonly members: Member[] = [];
  /** Killed by us: what else dies by SIGKILL died at a crash point. */
  private readonly killed = new Set<number>();
  private readonly armed = new Map<string, string>();
  /** By process: until when it was stopped, by `performance.now()`; infinite while it is. */
  private readonly stoppedUntilMs = new Map<number, number>();
  private postgres!: EmbeddedPostgres;

  private constructor(
    readonly options: WorldOptions,
    readonly broker: Broker,
    readonly kafka: Kafka,
    readonly outside: Outside,
  ) {}

  /** Past every proxy: the harness' own. */
  pool!: Pool;

  static async start(options: WorldOptions): Promise<World> {
    const { folder } = options;
    mkdirSync(folder, { recursive: true });
    const postgres = new EmbeddedPostgres({ folder: join(folder, 'postgres') });
    await postgres.start();
    await postgres.ensureDatabase(DATABASE);
    const listeners = await freePorts(MEMBERS.length);
    const toKafka: TcpProxy[] = [];
    for (const [index, [name]] of MEMBERS.entries()) {
      toKafka.push(await TcpProxy.listen(`${name}>kafka`, () => listeners[index]!));
    }
    const advertised = toKafka.map(({ port }) => port);
    const broker = await startOwnBroker(() => ({
      scramUsers: [],
      properties: (port, controllerPort) =>
        listenersOf(port, controllerPort, listeners, advertised),
    }));
    const kafka = new Kafka({
      brokers: [...broker.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 3, initialRetryTime: 100 },
    });
    await createTopics(kafka);
    const world = new World(options, broker, kafka, await openOutside(options));
    world.postgres = postgres;
    world.databaseUrl = postgres.url(DATABASE);
    world.pool = new Pool({ connectionString: world.databaseUrl, max: 6 });
    world.pool.on('error', () => undefined);
    for (const [index, [name, role]] of MEMBERS.entries()) {
      world.members.push(await world.member(name, role, toKafka[index]!));
    }
    await world.launch();
    return world;
  }

  /** The same over restarts of the server. */
  databaseUrl = '';

  get apiUrl(): string {
    return this.members[0]!.process.url;
  }

  get proxies(): TcpProxy[] {
    return this.members.flatMap(({ database, kafka, others }) => [database, kafka, ...others]);
  }

  of(role: Role): Member[] {
    return this.members.filter((member) => member.role === role);
  }

  /** Kill -9; it is started again at once. Answers whether there was anything to kill. */
  kill(member: Member): boolean {
    const { pid } = member.process;
    if (pid === undefined) return false;
    this.killed.add(pid);
    member.process.signal('SIGKILL');
    return true;
  }

  /** Stops it in the middle of whatever it does; answers how to let the same process go on. */
  freeze(member: Member): () => void {
    const { pid } = member.process;
    if (pid === undefined) return () => undefined;
    this.stoppedUntilMs.set(pid, Number.POSITIVE_INFINITY);
    member.process.signal('SIGSTOP');
    return () => {
      this.stoppedUntilMs.set(pid, performance.now());
      if (member.process.pid === pid) member.process.signal('SIGCONT');
    };
  }

  /** Whether its process was stopped at any time since then. */
  wasFrozen(member: Member, sinceMs: number): boolean {
    return (this.stoppedUntilMs.get(member.process.pid ?? 0) ?? 0) >= sinceMs;
  }

  /** Its next start dies at the n-th pass of the point. */
  arm(member: Member, point: string, pass: number): void {
    this.armed.set(member.name, `${point}:${String(pass)}`);
  }

  disarm(): void {
    this.armed.clear();
  }

  /** The database dies in the middle of whatever it is doing, and comes back. */
  async crashDatabase(): Promise<void> {
    const { pid } = this.postgres;
    if (pid !== undefined) process.kill(pid, 'SIGQUIT');
    await this.postgres.stop();
    await this.postgres.start();
    this.databaseUrl = this.postgres.url(DATABASE);
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ process: kept }) => kept.stop()));
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await this.pool.end();
    const { payouts, movements, mail, mails } = this.outside;
    for (const one of [payouts, mail, movements, mails]) await one.close();
    await this.broker.stop();
    await this.postgres.stop();
  }

  private async launch(): Promise<void> {
    const [api, ...others] = this.members;
    // It migrates the database, which the others rely on.
    api!.process.start();
    await api!.process.ready();
    for (const { process: kept } of others) kept.start();
    await Promise.all(others.map(({ process: kept }) => kept.ready()));
  }

  private async member(name: string, role: Role, kafka: TcpProxy): Promise<Member> {
    const [port = 0] = await freePorts(1);
    const databasePort = () => Number(new URL(this.databaseUrl).port);
    const database = await TcpProxy.listen(`${name}>postgres`, databasePort);
    const { payouts, mail } = this.outside;
    const others =
      role !== 'remedy'
        ? []
        : [
            await TcpProxy.listen(`${name}>payouts`, () => payouts.port),
            await TcpProxy.listen(`${name}>mail`, () => mail.port),
          ];
    const [toPayouts, toMail] = others;
    const url = new URL(this.databaseUrl);
    url.port = String(database.port);
    const payoutPort = toPayouts?.port ?? payouts.port;
    const env = {
      DATABASE_URL: url.href,
      KAFKA_BROKERS: `127.0.0.1:${String(kafka.port)}`,
      LOG_LEVEL: 'warn',
      ...(role === 'detector' ? { AMENDS_OPS_PORT: String(port) } : { PORT: String(port) }),
      ...(role === 'api' && { AMENDS_ADMIN_KEY: ADMIN_KEY, HOST: '127.0.0.1' }),
      ...(role !== 'detector' && {
        REFUND_WEBHOOK_URL: `http://127.0.0.1:${String(payoutPort)}/refunds`,
        REFUND_WEBHOOK_SECRET: SECRET,
      }),
      ...(toMail !== undefined && { SMTP_URL: `smtp://127.0.0.1:${String(toMail.port)}` }),
    };
    const process: KeptProcess = new KeptProcess({
      name,
      app: role,
      folder: this.options.folder,
      ...(this.options.dist !== undefined && { dist: this.options.dist }),
      url: `http://127.0.0.1:${String(port)}`,
      env: () => this.envOf(name, env),
      onEnd: (ending) => {
        this.died(name, ending);
      },
    });
    return { name, role, process, database, kafka, others };
  }

  private envOf(name: string, env: Readonly<Record<string, string>>) {
    const at = this.armed.get(name);
    this.armed.delete(name);
    return at === undefined ? env : { ...env, AMENDS_TEST_CRASH: '1', AMENDS_CRASH_AT: at };
  }

  private died(name: string, { pid, signal, env }: KeptEnding): void {
    const member = this.members.find((one) => one.name === name);
    if (member === undefined) return;
    const point = env['AMENDS_CRASH_AT']?.split(':')[0];
    const how = this.killed.has(pid) ? 'kill' : signal === 'SIGKILL' ? (point ?? 'exit') : 'exit';
    this.options.onDeath({ member, pid, atMs: performance.now(), how });
  }
}

async function openOutside(options: WorldOptions): Promise<Outside> {
  const { folder, seed, onFirstRequest: onFirst, onMail } = options;
  const movements = new Journal<Movement>(join(folder, 'movements.jsonl'));
  const mails = new Journal<Mail>(join(folder, 'mails.jsonl'));
  return {
    movements,
    mails,
    payouts: await PayoutReceiver.start({ secret: SECRET, seed, journal: movements, onFirst }),
    mail: await MailReceiver.start({ seed, journal: mails, onMail }),
  };
}

/** A listener for each process, behind its proxy, which is what the broker says it can be reached at. */
function listenersOf(
  port: number,
  controllerPort: number,
  listeners: readonly number[],
  advertised: readonly number[],
): string {
  const name = (index: number) => `P${String(index)}`;
  const at = (listener: string, where: number) => `${listener}://127.0.0.1:${String(where)}`;
  const own = listeners.map((where, index) => at(name(index), where));
  const shown = advertised.map((where, index) => at(name(index), where));
  const plain = listeners.map((_, index) => `${name(index)}:PLAINTEXT`);
  return [
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,${plain.join(',')}`,
    `listeners=${[at('PLAINTEXT', port), at('CONTROLLER', controllerPort), ...own].join(',')}`,
    `advertised.listeners=${[at('PLAINTEXT', port), ...shown].join(',')}`,
    'inter.broker.listener.name=PLAINTEXT',
    '',
  ].join('\n');
}

async function createTopics(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      topics: TOPICS.map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
        replicationFactor: 1,
      })),
    });
  } finally {
    await admin.disconnect();
  }
}
