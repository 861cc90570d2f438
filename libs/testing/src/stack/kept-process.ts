import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { waitFor } from '../wait-for';

export interface KeptProcessOptions {
  /** `detector-1`: names its files as well. */
  readonly name: string;
  readonly app: string;
  /** Its log and its pid file are kept here. */
  readonly folder: string;
  /** `dist/` unless given. */
  readonly dist?: string;
  /** Where it answers `/readyz`. */
  readonly url: string;
  /** Asked for at every start. */
  readonly env: () => Readonly<Record<string, string>>;
  readonly onStart?: (pid: number) => void;
  readonly onEnd?: (ending: KeptEnding) => void;
}

export interface KeptEnding {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it had been started with. */
  readonly env: Readonly<Record<string, string>>;
}

const ROOT = resolve(__dirname, '../../../..');
const STOP_TIMEOUT_MS = 15_000;
/** Characters of the log that an error shows. */
const LOG_TAIL = 3_000;
/** Whoever dies at once again is started at once the first time, and then ever later. */
const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 2_000;
const SHORT_LIFE_MS = 3_000;

/** An app in a process of its own that is started again whenever it ends, until `stop`. */
export class KeptProcess {
  readonly name: string;
  readonly url: string;
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private isWanted = false;
  private startedMs = 0;
  private pauseMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: KeptProcessOptions) {
    this.name = options.name;
    this.url = options.url;
  }

  /** Undefined while it is down. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    if (this.isWanted) return;
    this.isWanted = true;
    this.launch();
  }

  /** @throws Error with what it said last of itself and wrote last into its log */
  async ready(timeoutMs = 60_000): Promise<void> {
    try {
      await waitFor(() => this.isReady(), { timeoutMs, pollMs: 50, what: `${this.name}, ready` });
    } catch (error) {
      const said = await this.readiness().then((answer) => answer?.text);
      const log = readFileSync(this.logPath, 'utf8').slice(-LOG_TAIL);
      throw new Error(`${String(error)}\n${said ?? 'It does not answer.'}\n${log}`, {
        cause: error,
      });
    }
  }

  async isReady(): Promise<boolean> {
    return (await this.readiness())?.status === 200;
  }

  /** Ends it, in good order or by kill -9, and waits for that; it is started again. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const { ended } = this;
    this.child?.kill(signal);
    await ended;
  }

  /** A signal that does not end it. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.isWanted = false;
    clearTimeout(this.timer);
    const { child, ended } = this;
    if (child === undefined) return;
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(late);
  }

  private get logPath(): string {
    return join(this.options.folder, `${this.name}.log`);
  }

  private async readiness(): Promise<{ status: number; text: string } | undefined> {
    const signal = AbortSignal.timeout(2_000);
    try {
      const response = await fetch(`${this.url}/readyz`, { signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return undefined;
    }
  }

  private launch(): void {
    const { name, app, folder, dist = join(ROOT, 'dist') } = this.options;
    const env = this.options.env();
    const log = openSync(this.logPath, 'a');
    const entry = join(dist, 'apps', app, 'src/main.js');
    const child = spawn(process.execPath, ['--max-semi-space-size=64', '--v8-pool-size=1', entry], {
      cwd: folder,
      env: { ...inherited(), AMENDS_DATA_DIR: folder, ...env },
      // Ctrl-C is for whoever keeps it: it is ended in its turn.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.startedMs = performance.now();
    const pidFile = join(folder, `${name}.pid`);
    const { pid } = child;
    if (pid === undefined) throw new Error(`${process.execPath} cannot be started`);
    writeFileSync(pidFile, String(pid));
    this.child = child;
    this.ended = new Promise((done) => {
      child.once('exit', (code, signal) => {
        rmSync(pidFile, { force: true });
        this.child = undefined;
        this.options.onEnd?.({ pid, code, signal, env });
        if (this.isWanted) this.again();
        done(undefined);
      });
    });
    this.options.onStart?.(pid);
  }

  private again(): void {
    const isShort = performance.now() - this.startedMs < SHORT_LIFE_MS;
    const pauseMs = isShort ? this.pauseMs : 0;
    this.pauseMs = isShort ? Math.min(PAUSE_MAX_MS, Math.max(PAUSE_FIRST_MS, this.pauseMs * 2)) : 0;
    this.timer = setTimeout(() => {
      this.launch();
    }, pauseMs);
  }
}

/** The settings of whoever starts it are not its settings. */
function inherited(): NodeJS.ProcessEnv {
  const ours = /^(AMENDS_|KAFKA_|SMTP_|PG|DATABASE_URL|PORT$|HOST$|METRICS_TOKEN|REFUND_|RATE_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
