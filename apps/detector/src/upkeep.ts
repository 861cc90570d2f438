import { readSettings, Repeating } from '@amends/application';
import { parseDuration } from '@amends/domain';
import {
  dropOldHistory,
  dropOrphanTimers,
  joinSegments,
  listSegments,
  makeHistoryPartitions,
  markDrained,
  PgDatabase,
  StateSweep,
  SWEEP_FULL,
  sweepSeen,
  sweepStopped,
  trimLog,
} from '@amends/persistence';
import type { Pool } from 'pg';

export interface UpkeepOptions {
  readonly pool: Pool;
  /** The clock after which nothing of a swept state can matter, epoch ms; -Infinity: not known. */
  readonly clockMs: () => Promise<number>;
  readonly onError: (error: unknown, job: string) => void;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What has been read stays in the log for a while, for whoever wants to look. */
const LOG_KEPT_MS = HOUR_MS;
/** For so long the door knows an event by source and id. */
const SEEN_KEPT_MS = 7 * DAY_MS;
const RETENTION_MS = 400 * DAY_MS;

/** What was joined is listed later; there may be more of either at once. */
async function tidyHistory(pool: Pool): Promise<number> {
  const done = (await joinSegments(pool)) || (await listSegments(pool));
  return done > 0 ? SWEEP_FULL : 0;
}

interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Answers how many rows went, if there may be more at once. */
  readonly run: () => Promise<unknown>;
}

/** Makes room: partitions ahead, and everything that is kept for a time only. One job at a time. */
export class Upkeep {
  private readonly jobs: readonly Job[];
  private readonly dueAtMs = new Map<Job, number>();
  private readonly states: StateSweep;
  private loop: Repeating | undefined;

  constructor(private readonly options: UpkeepOptions) {
    const { pool } = options;
    this.states = new StateSweep(pool);
    this.jobs = [
      { name: 'log', everyMs: 5 * SECOND_MS, run: () => trimLog(pool, LOG_KEPT_MS) },
      { name: 'stopped', everyMs: 5 * SECOND_MS, run: () => sweepStopped(pool) },
      { name: 'states', everyMs: 10 * SECOND_MS, run: () => this.sweepStates() },
      { name: 'segments', everyMs: 10 * SECOND_MS, run: () => tidyHistory(pool) },
      { name: 'seen', everyMs: MINUTE_MS, run: () => sweepSeen(pool, SEEN_KEPT_MS) },
      { name: 'orphans', everyMs: MINUTE_MS, run: () => dropOrphanTimers(pool) },
      { name: 'draining', everyMs: 10 * MINUTE_MS, run: () => markDrained(pool) },
      { name: 'partitions', everyMs: HOUR_MS, run: () => makeHistoryPartitions(pool, Date.now()) },
      { name: 'retention', everyMs: HOUR_MS, run: () => this.dropOld() },
    ];
  }

  /** Partitions are there before anything is read. */
  async start(): Promise<void> {
    await makeHistoryPartitions(this.options.pool, Date.now());
    this.loop = new Repeating(() => this.turn(), {
      everyMs: SECOND_MS,
      onError: (error) => {
        this.options.onError(error, 'upkeep');
      },
    });
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
  }

  /** Does what is due; a sweep that found as much as it takes at a time is due again at once. */
  private async turn(): Promise<boolean> {
    let isMore = false;
    for (const job of this.jobs) {
      const nowMs = performance.now();
      if (nowMs < (this.dueAtMs.get(job) ?? 0)) continue;
      this.dueAtMs.set(job, nowMs + job.everyMs);
      try {
        const rows = await job.run();
        if (typeof rows !== 'number' || rows < SWEEP_FULL) continue;
        this.dueAtMs.set(job, 0);
        isMore = true;
      } catch (error) {
        this.options.onError(error, job.name);
      }
    }
    return isMore;
  }

  private async sweepStates(): Promise<number> {
    const nowMs = await this.options.clockMs();
    return Number.isFinite(nowMs) ? this.states.step(nowMs) : 0;
  }

  private async dropOld(): Promise<void> {
    const { pool } = this.options;
    const { settings } = await readSettings(new PgDatabase(pool));
    await dropOldHistory(pool, parseDuration(settings.retention) ?? RETENTION_MS);
  }
}
