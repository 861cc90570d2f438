import type { Sql } from '../../queries/sql';
import { SHARE_GATE } from '../holds/hold-gate';
import { LIVE_LANE } from '../model/incident';
import { TotalMoved } from '../money/total-moved';
import type { Remedy } from '../remedy';
import { readGeneration, refreshRuleBook, SHARE_RULE_BOOK } from '../rules/refresh-rule-book';
import { decideBatch, type DecidedBatch } from './decide-batch';
import { giveUp, isOurs, retryWaitMs, TRIES_MAX } from './failed-decision';
import { noteFailure, readQueue, removeFromQueue, type QueueRow } from './queue-rows';
import { refuteIncident } from './refute';

/** Class of the advisory locks that give a shard to one worker at a time. */
const SHARD_LOCK_CLASS = 4_207;
const BATCH_ROWS_MAX = 64;

interface Turn {
  readonly taken: number;
  readonly batch?: DecidedBatch | undefined;
  readonly isStale?: boolean;
}

/**
 * Decides what waits in one of the 16 shards, a batch per transaction, so that the decisions of one
 * customer run one after the other, in order. A decision that throws is set aside with a pause, and
 * keeps back nobody but its own customer; after ten tries its incident has failed.
 */
export class DecideShard {
  constructor(private readonly remedy: Remedy) {}

  /** How many rows of the queue were taken; 0: nothing to do, or another worker has the shard. */
  async execute(shard: number): Promise<number> {
    const taken: QueueRow[] = [];
    try {
      return await this.decide(shard, BATCH_ROWS_MAX, taken);
    } catch (error) {
      // Before anything was taken no decision can be to blame.
      if (taken.length === 0 || !isOurs(error)) throw error;
      return this.oneByOne(shard, taken.length);
    }
  }

  /** After a batch failed: alone, the decision that throws is found, and the others go through. */
  private async oneByOne(shard: number, count: number): Promise<number> {
    let done = 0;
    for (let turn = 0; turn < count; turn += 1) {
      const taken: QueueRow[] = [];
      try {
        done += await this.decide(shard, 1, taken);
      } catch (error) {
        const [row] = taken;
        if (!isOurs(error) || row === undefined) throw error;
        await this.setAside(row, error);
        done += 1;
      }
    }
    return done;
  }

  private async decide(shard: number, sizeMax: number, taken: QueueRow[]): Promise<number> {
    const { observer } = this.remedy;
    const startedMs = performance.now();
    const turn = await this.transact(shard, sizeMax, taken);
    if (turn.isStale === true) {
      await refreshRuleBook(this.remedy);
      return this.decide(shard, sizeMax, taken);
    }
    if (turn.taken === 0) return 0;
    observer.reached('decision.after-commit');
    turn.batch?.payouts.announce();
    if (turn.batch?.verdicts.some(({ apology }) => apology !== undefined) === true) {
      this.remedy.wake.signal('messages');
    }
    this.count(turn.batch, (performance.now() - startedMs) / 1000);
    return turn.taken;
  }

  private async transact(
    shard: number,
    sizeMax: number,
    taken: QueueRow[],
    mayLook = true,
  ): Promise<Turn> {
    const { database, observer } = this.remedy;
    try {
      return await database.transaction(async (sql) => {
        taken.length = 0;
        const outcome = await this.turn(sql, shard, sizeMax, taken, mayLook);
        if (outcome.taken > 0) observer.reached('decision.before-commit');
        return outcome;
      });
    } catch (error) {
      if (!mayLook || !(error instanceof TotalMoved)) throw error;
      observer.totalMoved();
      return this.transact(shard, sizeMax, taken, false);
    }
  }

  private async turn(
    sql: Sql,
    shard: number,
    sizeMax: number,
    taken: QueueRow[],
    mayLook: boolean,
  ): Promise<Turn> {
    const { rows: locks } = await sql.query<{ mine: boolean }>(
      `select pg_try_advisory_xact_lock(${String(SHARD_LOCK_CLASS)}, $1) as mine,
         (${SHARE_GATE}) as gate, (${SHARE_RULE_BOOK}) as book`,
      [shard],
    );
    if (locks[0]?.mine !== true) return { taken: 0 };
    const rows = await readQueue(sql, shard, sizeMax);
    const [first] = rows;
    if (first === undefined) return { taken: 0 };
    // Rows of one kind: a refutation comes after the decision it undoes.
    const end = rows.findIndex(({ kind }) => kind !== first.kind);
    const batch = end === -1 ? rows : rows.slice(0, end);
    if ((await readGeneration(sql)) !== this.remedy.rules.generation) {
      return { taken: 0, isStale: true };
    }
    if (first.kind === 'refute') {
      taken.push(first);
      await refuteIncident(sql, first.incidentId);
      await removeFromQueue(sql, [first]);
      return { taken: 1 };
    }
    taken.push(...batch);
    return { taken: batch.length, batch: await decideBatch(sql, this.remedy, batch, mayLook) };
  }

  private async setAside(row: QueueRow, error: unknown): Promise<void> {
    const attempt = row.attempts + 1;
    const reason = error instanceof Error ? error.message : String(error);
    const about = { incidentId: row.incidentId, attempt, error };
    if (attempt >= TRIES_MAX) {
      await this.remedy.database.transaction((sql) => giveUp(sql, row, reason));
      this.remedy.observer.alarm('a decision failed for good', about);
      return;
    }
    await noteFailure(this.remedy.database, row, reason, retryWaitMs(attempt));
    this.remedy.observer.warn('a decision failed and is tried again', about);
  }

  private count(batch: DecidedBatch | undefined, seconds: number): void {
    const { observer } = this.remedy;
    const outcomes = new Map<string, number>();
    for (const { outcome, case: decided } of batch?.verdicts ?? []) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      const { detectedAtMs, eventTimeMs, lane } = decided.incident;
      if (lane === LIVE_LANE) {
        observer.madeGood('detected', Math.max(0, detectedAtMs - eventTimeMs) / 1000);
      }
    }
    for (const [outcome, count] of outcomes) observer.decided(outcome, count);
    if (batch) observer.decidedIn(seconds);
  }
}
