import {
  DetectTx,
  inStep,
  RowTaken,
  stableHash,
  type DueClaim,
  type DecisionRow,
  type DueTimer,
  type FanOutRow,
  type Fence,
  type Fenced,
  type FenceMove,
  type FiringClaim,
  type FoundSlot,
  type HistoryAppend,
  type IncidentClosing,
  type IncidentRefutation,
  type IncidentRow,
  type QuarantineRow,
  type SeqRun,
  type SlotDelete,
  type SlotInsert,
  type SlotUpdate,
  type Sql,
  type TimerWrite,
} from '@amends/application';
import type { Slot } from '@amends/domain';
import type { PoolClient } from 'pg';
import { arrayOf } from '../database/binary-array';
import { sqlState } from '../database/in-transaction';
import { sqlOf } from '../database/pg-database';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf, type Statement } from '../database/statement';
import { advancePositions } from '../stream/advance-positions';
import { appendHistory } from './append-history';
import * as history from './history-statements';
import * as incidents from './incident-statements';
import { laneNo, laneOf, runColumns, runsOfRules, slotColumns } from './slot-columns';
import * as slots from './slot-statements';
import { TIMER_SHARDS } from './timer-leases';
import { addIncidents, closeIncidents, refuteIncidents } from './write-incidents';

/** `DetectTx` on one connection inside its transaction. */
export class PgDetectTx extends DetectTx {
  readonly sql: Sql;

  constructor(private readonly client: PoolClient) {
    super();
    this.sql = sqlOf(client);
  }

  async readTime({ source, topic, partition }: Fence): Promise<number | null> {
    type Row = [number | null];
    const place = [source, topic, partition];
    const [row] = await tuplesOf<Row>(this.client, history.READ_TIME, place);
    return row?.[0] ?? null;
  }

  fence(moves: readonly FenceMove[]): Promise<Fenced> {
    return advancePositions(this.client, moves);
  }

  async readSlots(wanted: readonly Slot[], lock: boolean): Promise<FoundSlot[]> {
    const runs = lock ? [] : runsOfRules(wanted);
    const isOfFew = runs.length > 0 && wanted.length >= runs.length * KEYS_OF_RULE;
    const rows = isOfFew
      ? tuplesOf<FoundRow>(this.client, slots.READ_RULES, [
          ...runColumns(runs),
          arrayOf.text(wanted.map(({ key }) => key)),
        ])
      : tuplesOf<FoundRow>(
          this.client,
          lock ? slots.LOCK_SLOTS : slots.READ_SLOTS,
          slotColumns(wanted),
        );
    return (await rows).map(foundSlot);
  }

  async writeSlots(
    inserts: readonly SlotInsert[],
    updates: readonly SlotUpdate[],
    deletes: readonly SlotDelete[],
  ): Promise<boolean> {
    return inStep(
      this.touch(slots.UPDATE_SLOTS, updates, () => [...slotValues(updates), revisionsOf(updates)]),
      this.touch(slots.DELETE_SLOTS, deletes, () => [
        ...slotColumns(deletes.map(({ slot }) => slot)),
        revisionsOf(deletes),
      ]),
      unlessTaken(this.touch(slots.INSERT_SLOTS, inserts, () => slotValues(inserts))),
    ).then((written) => written.every((isWhole) => isWhole));
  }

  async writeTimers(
    inserts: readonly TimerWrite[],
    upserts: readonly TimerWrite[],
    deletes: readonly Slot[],
  ): Promise<void> {
    return inStep(
      unlessTaken(this.touch(slots.INSERT_TIMERS, inserts, () => timerValues(inserts))),
      this.touch(slots.UPSERT_TIMERS, upserts, () => timerValues(upserts)),
      this.touch(slots.DELETE_TIMERS, deletes, () => slotColumns(deletes)),
    ).then(() => undefined);
  }

  async timersBefore(beforeMs: number, limit: number): Promise<DueTimer[]> {
    type Row = [ruleNo: number, lane: number, key: string, fireAtMs: number];
    const values = [pgTime(beforeMs), limit];
    const rows = await tuplesOf<Row>(this.client, slots.TIMERS_BEFORE, values);
    return rows.map(([ruleNo, lane, key, fireAtMs]) => ({
      slot: { ruleNo, lane: laneOf(lane), key },
      fireAtMs,
    }));
  }

  async claimDue(group: DueClaim, limit: number): Promise<FiringClaim> {
    const { clockGroup, clockMs, fromMs, shards, lock } = group;
    const statement = lock ? slots.CLAIM_DUE : slots.READ_DUE;
    const rows = await tuplesOf<FoundRow>(this.client, statement, [
      clockGroup,
      pgTime(clockMs),
      pgTime(fromMs),
      limit,
      arrayOf.int2(shards),
    ]);
    // After the rows are locked, so that a change of rules that was waited for is seen.
    type Now = [generation: bigint, nowMs: number];
    const [now] = await tuplesOf<Now>(this.client, slots.GENERATION_AND_NOW);
    return {
      generation: now?.[0] ?? 0n,
      nowMs: now?.[1] ?? 0,
      claimed: rows.map(foundSlot),
    };
  }

  async appendHistory(rows: readonly HistoryAppend[]): Promise<SeqRun[]> {
    return appendHistory(this.client, rows);
  }

  async historyMark(): Promise<bigint> {
    const [row] = await tuplesOf<[bigint]>(this.client, history.HISTORY_MARK);
    return row?.[0] ?? 0n;
  }

  addIncidents(found: readonly IncidentRow[], decisions: readonly DecisionRow[]): Promise<number> {
    return addIncidents(this.client, found, decisions);
  }

  closeIncidents(closings: readonly IncidentClosing[]): Promise<number> {
    return closeIncidents(this.client, closings);
  }

  refuteIncidents(refutations: readonly IncidentRefutation[]): Promise<number> {
    return refuteIncidents(this.client, refutations);
  }

  async addFanOuts(rows: readonly FanOutRow[]): Promise<void> {
    await execute(this.client, incidents.ADD_FANOUTS, [
      rows.map(({ ruleNo }) => ruleNo),
      rows.map(({ lane }) => laneNo(lane)),
      rows.map(({ version }) => version),
      rows.map(({ key }) => key),
      rows.map(({ triggerRef }) => triggerRef),
      rows.map(({ triggerBody }) => triggerBody),
      rows.map(({ atMs }) => pgTime(atMs)),
      rows.map(({ sinceMs }) => pgTime(sinceMs)),
      rows.map(({ untilMs }) => pgTime(untilMs)),
      rows.map(({ clockMs }) => pgTime(clockMs)),
      rows.map(({ historyMark }) => historyMark),
    ]);
  }

  async quarantine(rows: readonly QuarantineRow[]): Promise<void> {
    await execute(this.client, incidents.ADD_QUARANTINE, [
      rows.map(({ id }) => id),
      rows.map(({ source }) => source),
      rows.map(({ topic }) => topic),
      rows.map(({ partition }) => partition),
      rows.map(({ offset }) => offset),
      rows.map(({ ruleId }) => ruleId),
      rows.map(({ reason }) => reason),
      rows.map(({ detail }) => detail),
      rows.map(({ eventSource }) => eventSource),
      rows.map(({ eventId }) => eventId),
      rows.map(({ eventType }) => eventType),
      rows.map(({ customerId }) => customerId),
      rows.map(({ payload }) => Buffer.from(payload)),
    ]);
  }

  /**
   * Whether the statement touched all of the rows; where there are none it is not sent. Awaits nothing, as all that
   * writes for a batch: see `writeBatch`.
   */
  private async touch(
    statement: Statement,
    { length }: readonly unknown[],
    values: () => readonly unknown[],
  ): Promise<boolean> {
    if (length === 0) return true;
    return execute(this.client, statement, values()).then((count) => count === length);
  }
}

/** From how many keys of a rule on, on average, it pays to read them in one walk. */
const KEYS_OF_RULE = 4;

type FoundRow = [
  ruleNo: number,
  lane: number,
  key: string,
  json: string,
  revision: number,
  fireAtMs: number | null,
];

function foundSlot([ruleNo, lane, key, json, revision, fireAtMs]: FoundRow): FoundSlot {
  return { slot: { ruleNo, lane: laneOf(lane), key }, stored: { json, revision, fireAtMs } };
}

/** Rejects with RowTaken instead of 23505. */
async function unlessTaken<T>(inserted: Promise<T>): Promise<T> {
  return inserted.catch((error: unknown) => {
    throw sqlState(error) === '23505' ? new RowTaken() : error;
  });
}

function revisionsOf(writes: readonly SlotDelete[]): Buffer {
  return arrayOf.int4(writes.map(({ revision }) => revision));
}

function timerValues(writes: readonly TimerWrite[]): unknown[] {
  return [
    ...slotColumns(writes.map(({ slot }) => slot)),
    arrayOf.timestamptz(writes.map(({ fireAtMs }) => fireAtMs)),
    arrayOf.int2(writes.map(({ clockGroup }) => clockGroup)),
    arrayOf.int2(writes.map(({ slot }) => stableHash(slot.key) % TIMER_SHARDS)),
  ];
}

function slotValues(writes: readonly SlotInsert[]): unknown[] {
  return [
    ...slotColumns(writes.map(({ slot }) => slot)),
    arrayOf.text(writes.map(({ json }) => json)),
    arrayOf.timestamptz(writes.map(({ fireAtMs }) => fireAtMs)),
    arrayOf.timestamptz(writes.map(({ sweepAfterMs }) => sweepAfterMs)),
  ];
}
