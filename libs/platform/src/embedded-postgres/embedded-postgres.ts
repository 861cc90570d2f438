import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { findPostgresBinaries, type PostgresBinaries } from './binaries';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { FolderLock } from './folder-lock';
import { initialiseCluster } from './initialise-cluster';
import { newInstance, readInstance, writeInstance, type Instance } from './instance-file';
import {
  clearStalePostmaster,
  isPostmasterOf,
  readPostmaster,
  stopPostmaster,
  type Postmaster,
} from './postmaster';
import { isRunning } from './process-identity';
import { isStartedWith, serverArguments, type ServerSettings } from './server-arguments';
import { chooseServerUser, type ServerUser } from './server-user';
import { startServer } from './start-server';

export interface EmbeddedPostgresOptions {
  /** Everything is kept here: the data, the port, the password, the server's log. */
  readonly folder: string;
  /** Server settings beside or instead of our own. */
  readonly settings?: ServerSettings;
  /** Other programs than those that npm has installed. */
  readonly binaries?: PostgresBinaries;
  /** How long the database may take to write everything down. */
  readonly stopTimeoutMs?: number;
}

/** How the server came to run: made and started, started, or found running and kept. */
export type EmbeddedPostgresOrigin = 'created' | 'started' | 'adopted';

const USER = 'amends';

/**
 * A PostgreSQL server of our own in a folder, on 127.0.0.1 only. It outlives this process: Ctrl-C
 * does not reach it, so it is there while we drain, and after a `kill -9` of ours the next start
 * finds it and goes on with it (or stops it, when it was started otherwise).
 */
export class EmbeddedPostgres {
  private readonly folder: string;
  private readonly settings: ServerSettings;
  private readonly stopTimeoutMs: number;
  private readonly givenBinaries: PostgresBinaries | undefined;
  private lock: FolderLock | undefined;
  private server: { pid: number; instance: Instance } | undefined;

  constructor(options: EmbeddedPostgresOptions) {
    mkdirSync(options.folder, { recursive: true });
    this.folder = realpathSync(options.folder);
    this.settings = options.settings ?? {};
    this.givenBinaries = options.binaries;
    this.stopTimeoutMs = options.stopTimeoutMs ?? 8_000;
  }

  /**
   * Starts the server, making its data first if there are none.
   *
   * @throws EmbeddedPostgresError when another process uses the folder, or the server cannot start
   */
  async start(): Promise<EmbeddedPostgresOrigin> {
    this.lock = FolderLock.take(join(this.folder, 'lock'));
    try {
      return await this.startLocked();
    } catch (error) {
      this.releaseLock();
      throw error;
    }
  }

  /** Stops the server and waits until it has. Does nothing when it does not run. */
  async stop(): Promise<void> {
    if (this.server !== undefined) {
      await stopPostmaster(this.dataFolder, this.server.pid, this.stopTimeoutMs);
      this.server = undefined;
    }
    this.releaseLock();
  }

  /** The address of a database on this server, password included. */
  url(database: string): string {
    if (this.server === undefined) throw new EmbeddedPostgresError('the server is not running');
    const { port, password } = this.server.instance;
    return `postgres://${USER}:${password}@127.0.0.1:${String(port)}/${encodeURIComponent(database)}`;
  }

  /** Makes a database unless it exists. */
  async ensureDatabase(name: string): Promise<void> {
    const client = new Client({ connectionString: this.url('postgres') });
    await client.connect();
    try {
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
      if (found.rowCount === 0) {
        await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
      }
    } finally {
      await client.end();
    }
  }

  /** The server's process, while it runs. */
  get pid(): number | undefined {
    return this.server !== undefined && isRunning(this.server.pid) ? this.server.pid : undefined;
  }

  private get dataFolder(): string {
    return join(this.folder, 'data');
  }

  private async startLocked(): Promise<EmbeddedPostgresOrigin> {
    const binaries = this.givenBinaries ?? findPostgresBinaries();
    const isNew = !existsSync(join(this.dataFolder, 'PG_VERSION'));
    const user = chooseServerUser(
      [this.dataFolder, binaries.postgres],
      isNew ? undefined : statSync(this.dataFolder),
    );
    if (isNew) await this.create(binaries, user);

    const instance = this.readInstance();
    const running = readPostmaster(this.dataFolder);
    if (running !== undefined && isPostmasterOf(this.dataFolder, running.pid)) {
      if (await this.adopt(running, instance)) return 'adopted';
      await stopPostmaster(this.dataFolder, running.pid, this.stopTimeoutMs);
    }
    clearStalePostmaster(this.dataFolder);
    await this.launch(binaries, user, instance);
    return isNew ? 'created' : 'started';
  }

  private async create(binaries: PostgresBinaries, user: ServerUser): Promise<void> {
    const path = join(this.folder, 'instance.json');
    const instance = readInstance(path) ?? newInstance();
    // First the password, then the data: data without their password would be lost.
    writeInstance(path, instance);
    await initialiseCluster({
      binaries,
      user,
      folder: this.folder,
      dataFolder: this.dataFolder,
      superuser: USER,
      password: instance.password,
    });
  }

  private readInstance(): Instance {
    const path = join(this.folder, 'instance.json');
    const instance = readInstance(path);
    if (instance !== undefined) return instance;
    throw new EmbeddedPostgresError(`${path} is missing: it holds the password of the data beside`);
  }

  /** Goes on with a server that a former process left behind, if it is as we would start it. */
  private async adopt(running: Postmaster, instance: Instance): Promise<boolean> {
    const wanted = this.arguments(running.port);
    if (running.status !== 'ready' || !isStartedWith(this.dataFolder, wanted)) return false;

    this.server = { pid: running.pid, instance: { ...instance, port: running.port } };
    const client = new Client({
      connectionString: this.url('postgres'),
      connectionTimeoutMillis: 2_000,
    });
    try {
      await client.connect();
      await client.query('SELECT 1');
      return true;
    } catch {
      this.server = undefined;
      return false;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async launch(
    binaries: PostgresBinaries,
    user: ServerUser,
    instance: Instance,
  ): Promise<void> {
    let port = instance.port;
    for (let tries = 1; ; tries += 1) {
      if (port === 0 || !(await isFree(port))) port = await freePort();
      const started = await startServer({
        command: user.command(binaries.postgres, this.arguments(port)),
        dataFolder: this.dataFolder,
        logFile: join(this.folder, 'server.log'),
      });
      if (started.ok) {
        const remembered = { ...instance, port };
        if (instance.port !== port) {
          writeInstance(join(this.folder, 'instance.json'), remembered);
        }
        this.server = { pid: started.pid, instance: remembered };
        return;
      }
      // Somebody may take the port between our looking and the server's binding.
      if (!started.portTaken || tries === 3) throw new EmbeddedPostgresError(started.message);
      port = 0;
    }
  }

  private arguments(port: number): readonly string[] {
    return serverArguments(this.dataFolder, port, this.settings);
  }

  private releaseLock(): void {
    this.lock?.release();
    this.lock = undefined;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined;
}

async function freePort(): Promise<number> {
  const port = await listenOnce(0);
  if (port === undefined) throw new EmbeddedPostgresError('there is no free port on 127.0.0.1');
  return port;
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ host: '127.0.0.1', port }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' ? address?.port : undefined);
      });
    });
  });
}
