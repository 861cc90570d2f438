/** What one part of a process says about itself. `degraded` works, but a person should look. */
export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down';
  /** One short sentence for the operator; no secrets, no payloads: the answer is public. */
  readonly detail?: string;
}

export type HealthCheck = () => HealthReport | Promise<HealthReport>;

/** The whole process: as bad as its worst part. */
export interface Health {
  readonly status: HealthReport['status'];
  readonly parts: Readonly<Record<string, HealthReport>>;
}

const CHECK_TIMEOUT_MS = 2_000;
const BADNESS = { ok: 0, degraded: 1, down: 2 } as const;

/**
 * Named checks that `/readyz` asks, and `/healthz`. A check that throws, or has not answered after 2 s, is `down`:
 * a health endpoint that hangs tells nobody anything.
 */
export class HealthChecks {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly lives = new Map<string, HealthCheck>();

  /** Adds a part. Returns what takes it out again. */
  add(name: string, check: HealthCheck): () => void {
    if (this.checks.has(name)) throw new Error(`there is a health check "${name}" already`);
    this.checks.set(name, check);
    return () => this.checks.delete(name);
  }

  /** Keeps `/readyz` down, for that reason, until what it returns is called. */
  hold(name: string, detail: string): () => void {
    return this.add(name, () => ({ status: 'down', detail }));
  }

  /** Adds what `/healthz` asks: `down` means that only a new process helps. */
  addLiveness(name: string, check: HealthCheck): void {
    this.lives.set(name, check);
  }

  /** Whether the process does its work. */
  run(): Promise<Health> {
    return this.ask(this.checks);
  }

  /** Whether the process is alive. */
  alive(): Promise<Health> {
    return this.ask(this.lives);
  }

  private async ask(checks: ReadonlyMap<string, HealthCheck>): Promise<Health> {
    const names = [...checks];
    const reports = await Promise.all(
      names.map(async ([name, check]) => [name, await answer(check)] as const),
    );
    const worst = reports.reduce<HealthReport['status']>(
      (status, [, report]) => (BADNESS[report.status] > BADNESS[status] ? report.status : status),
      'ok',
    );
    return { status: worst, parts: Object.fromEntries(reports) };
  }
}

async function answer(check: HealthCheck): Promise<HealthReport> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthReport>((resolve) => {
    const detail = `no answer within ${String(CHECK_TIMEOUT_MS)} ms`;
    timer = setTimeout(() => {
      resolve({ status: 'down', detail });
    }, CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    // The message may hold an address or a password; the log has it, scrubbed.
    return { status: 'down', detail: error instanceof Error ? error.name : 'failed' };
  } finally {
    clearTimeout(timer);
  }
}
