import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cleanUp } from '../../jest/clean-up.cjs';
import { freePorts } from '../net/free-ports';
import { oncePerRun } from '../run/once-per-run';
import { testRunFolder } from '../run/test-run-folder';
import { waitFor } from '../wait-for';

export interface SpawnServiceOptions {
  /** The app to start; `standalone` unless given. */
  readonly app?: string;
  /** A program to start instead of an app. */
  readonly entry?: string;
  /** Without it the service brings up a PostgreSQL of its own in its data folder. */
  readonly databaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to be ready; 30 s unless given. */
  readonly readyTimeoutMs?: number;
  /** Set to false to get the service as soon as it is started: for specs of the start itself. */
  readonly untilReady?: boolean;
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const ROOT = resolve(__dirname, '../../../..');
const LOG_LENGTH_MAX = 5_000_000;

/** The first Admin key of every service a spec starts, unless its `env` gives another. */
export const TEST_ADMIN_KEY = 'amk_test_0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * Starts the built service in a process of its own, on a free port and with a data folder of its
 * own, and waits until `/readyz` answers 200. `close()` it in any case; what is forgotten is ended
 * with the test run.
 */
export async function spawnService(options: SpawnServiceOptions = {}): Promise<SpawnedService> {
  if (options.entry === undefined) await oncePerRun('build', build);
  const [port = 0] = await freePorts(1);
  const service = new SpawnedService(options, port);
  try {
    await service.restart();
  } catch (error) {
    await service.close();
    throw error;
  }
  return service;
}

/** Does nothing when `npm test` or another spec has just built. */
function build(): Promise<boolean> {
  const script = join(ROOT, 'scripts/build.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  return status === 0 ? Promise.resolve(true) : Promise.reject(new Error(`build: ${stderr}`));
}

/** A service in a process of its own. */
export class SpawnedService {
  readonly url: string;
  /** Where it keeps what it keeps: the same over restarts. */
  readonly dataFolder: string;
  readonly adminKey: string;
  private readonly folder: string;
  private child: ChildProcess | undefined;
  private ending: Promise<Ending> = Promise.resolve({ code: null, signal: null });
  private written = '';

  constructor(
    private readonly options: SpawnServiceOptions,
    private readonly port: number,
  ) {
    this.url = `http://127.0.0.1:${String(port)}`;
    this.folder = join(testRunFolder(), `service-${randomUUID()}`);
    this.dataFolder = join(this.folder, 'data');
    this.adminKey = options.env?.['AMENDS_ADMIN_KEY'] ?? TEST_ADMIN_KEY;
    mkdirSync(this.dataFolder, { recursive: true });
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Everything it has written, over all its starts, both streams. */
  get output(): string {
    return this.written;
  }

  /** Resolves when the process ends, by whatever. */
  get ended(): Promise<Ending> {
    return this.ending;
  }

  /** A request to the service as Admin; `path` starts with a slash. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${this.adminKey}`);
    return fetch(`${this.url}${path}`, { ...init, headers });
  }

  /** Ends the process as by a crash and waits until it is gone. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ending;
  }

  /** Asks the process to end, as Ctrl-C or an orchestrator would, and waits until it has. */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<Ending> {
    this.child?.kill(signal);
    return this.ending;
  }

  /** Starts it (again): same port, same data, with other environment variables if given. */
  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.launch(env);
    if (this.options.untilReady !== false) await this.ready();
  }

  /** Waits until it is ready; rejects when it ends before, or takes too long, with its output. */
  async ready(): Promise<void> {
    const { readyTimeoutMs: timeoutMs = 30_000 } = this.options;
    let ending: Ending | undefined;
    void this.ending.then((end) => (ending = end));
    const isReady = async () =>
      ending !== undefined || (await fetch(`${this.url}/readyz`)).status === 200;
    try {
      await waitFor(isReady, { timeoutMs, pollMs: 50, what: `${this.url}/readyz` });
    } catch (error) {
      throw new Error(`the service is not ready:\n${this.written}`, { cause: error });
    }
    if (ending !== undefined) {
      throw new Error(`the service ended (${JSON.stringify(ending)}):\n${this.written}`);
    }
  }

  /** Ends it if it still runs, and its database, and removes its data. */
  async close(): Promise<void> {
    await this.kill();
    await cleanUp(this.folder);
  }

  private launch(env: Readonly<Record<string, string>>): void {
    const { app = 'standalone', databaseUrl } = this.options;
    const entry = this.options.entry ?? join(ROOT, 'dist/apps', app, 'src/main.js');
    const pidFile = join(this.folder, 'service.pid');
    const child = spawn(process.execPath, [entry], {
      cwd: this.folder,
      env: {
        ...inherited(),
        PORT: String(this.port),
        AMENDS_DATA_DIR: this.dataFolder,
        AMENDS_ADMIN_KEY: this.adminKey,
        ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
        ...this.options.env,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    writeFileSync(pidFile, String(child.pid));
    const collect = (chunk: Buffer) => {
      this.written = (this.written + chunk.toString()).slice(-LOG_LENGTH_MAX);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    this.child = child;
    this.ending = new Promise((done) => {
      child.on('close', (code, signal) => {
        rmSync(pidFile, { force: true });
        done({ code, signal });
      });
    });
  }
}

/** The settings of whoever runs the specs are not the settings of the service under test. */
function inherited(): NodeJS.ProcessEnv {
  const ours = /^(AMENDS_(?!TEST_RUN)|KAFKA_|SMTP_|PG|DATABASE_URL|PORT$|METRICS_TOKEN)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
