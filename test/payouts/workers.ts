import { join, resolve } from 'node:path';
import { spawnTypescript, testRunFolder, type SpawnedScript } from '@amends/testing';

const ROOT = resolve(__dirname, '../..');
const CRASH_POINTS = [
  'payout.after-attempt-row',
  'payout.before-record',
  'payout.after-record',
  'decision.after-lock',
  'decision.before-commit',
  'decision.after-commit',
] as const;

export interface WorkersOptions {
  readonly number: number;
  readonly databaseUrl: string;
  readonly settings: NodeJS.ProcessEnv;
  /** From `dist/`, which starts quicker; else from the sources. */
  readonly isBuilt: boolean;
  /** How many die at a crash point before the others are left alone. */
  readonly crashes: number;
  readonly random: () => number;
}

/** Remedies in processes of their own, as they ship, that die at crash points and are started anew. */
export class Workers {
  /** How they have died. */
  readonly deaths = new Map<string, number>();
  private readonly running = new Set<SpawnedScript>();
  private left: number;
  private isOpen = true;

  constructor(private readonly options: WorkersOptions) {
    this.left = options.crashes;
  }

  start(): void {
    this.isOpen = true;
    while (this.running.size < this.options.number) this.startOne();
  }

  /** All at once, in the middle of what they do. */
  async kill(): Promise<void> {
    this.isOpen = false;
    await Promise.all([...this.running].map((script) => script.end('SIGKILL')));
    this.deaths.set('kill -9', (this.deaths.get('kill -9') ?? 0) + this.options.number);
  }

  /** In order. Answers whether each ended well. */
  async stop(): Promise<boolean> {
    this.isOpen = false;
    const codes = await Promise.all([...this.running].map((script) => script.end('SIGTERM')));
    return codes.every((code) => code === 0);
  }

  /** What the last ones wrote, for when something is wrong. */
  get output(): string {
    return [...this.running].map((script) => script.output().slice(-2_000)).join('\n');
  }

  private startOne(): void {
    const { databaseUrl, settings, isBuilt, random } = this.options;
    const main = join(ROOT, isBuilt ? 'dist/apps/remedy/src/main.js' : 'apps/remedy/src/main');
    const point = this.left > 0 ? this.nextPoint() : undefined;
    const passes = 3 + Math.floor(random() * 60);
    const script = spawnTypescript(`const { main } = require('${main}');\nvoid main();`, {
      ...settings,
      DATABASE_URL: databaseUrl,
      AMENDS_DATA_DIR: testRunFolder(),
      PAYOUT_RECONCILE_HOURS: '0',
      PORT: '0',
      LOG_LEVEL: 'fatal',
      ...(point !== undefined && {
        AMENDS_TEST_CRASH: '1',
        AMENDS_CRASH_AT: `${point}:${String(passes)}`,
      }),
    });
    this.running.add(script);
    script.process.once('close', (code, signal) => {
      this.running.delete(script);
      if (!this.isOpen) return;
      const how = signal === 'SIGKILL' && point !== undefined ? point : `exit ${String(code)}`;
      this.deaths.set(how, (this.deaths.get(how) ?? 0) + 1);
      this.startOne();
    });
  }

  private nextPoint(): (typeof CRASH_POINTS)[number] | undefined {
    this.left -= 1;
    return CRASH_POINTS[this.left % CRASH_POINTS.length];
  }
}
