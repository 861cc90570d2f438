import {
  DetectTx,
  stableHash,
  type ClockGroupDue,
  type DecisionRow,
  type DueTimer,
  type FanOutRow,
  type Fence,
  type Fenced,
  type FenceMove,
  type FiringClaim,
  type HistoryAppend,
  type IncidentClosing,
  type IncidentRefutation,
  type IncidentRow,
  type QuarantineRow,
  type SlotDelete,
  type SlotInsert,
  type SlotUpdate,
  type Sql,
  type StoredSlot,
  type TimerWrite,
} from '@amends/application';
import type { Slot } from '@amends/domain';
import type { PoolClient } from 'pg';
import { jsonTexts } from '../database/json-list';
import { sqlOf } from '../database/pg-database';
import { plainArray, textArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf } from '../database/statement';
import { advancePositions } from '../stream/advance-positions';
import { appendHistory } from './append-history';
import * as history from './history-statements';
import * as incidents from './incident-statements';
import { laneNo, laneOf, slotColumns } from './slot-columns';
import * as slots from './slot-statements';
import { addIncidents, closeIncidents, refuteIncidents } from './write-incidents';

/** Timers are spread over shards, for workers that take a share each. */
const TIMER_SHARDS = 64;

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

  async readSlots(wanted: readonly Slot[], lock: boolean): Promise<(StoredSlot | null)[]> {
    type Row = [ord: number, json: string, revision: number, fireAtMs: number | null];
    const statement = lock ? slots.LOCK_SLOTS : slots.READ_SLOTS;
    const found: (StoredSlot | null)[] = wanted.map(() => null);
    for (const row of await tuplesOf<Row>(this.client, statement, slotColumns(wanted))) {
      const [ord, json, revision, fireAtMs] = row;
      found[ord - 1] = { json, revision, fireAtMs };
    }
    return found;
  }

  async writeSlots(
    inserts: readonly SlotInsert[],
    updates: readonly SlotUpdate[],
    deletes: readonly SlotDelete[],
  ): Promise<boolean> {
    const { client } = this;
    if (updates.length > 0) {
      const revisions = plainArray(updates.map(({ revision }) => revision));
      const values = [...slotValues(updates), revisions];
      if ((await execute(client, slots.UPDATE_SLOTS, values)) !== updates.length) return false;
    }
    if (deletes.length > 0) {
      const revisions = plainArray(deletes.map(({ revision }) => revision));
      const values = [...slotColumns(deletes.map(({ slot }) => slot)), revisions];
      if ((await execute(client, slots.DELETE_SLOTS, values)) !== deletes.length) return false;
    }
    if (inserts.length === 0) return true;
    return (await execute(client, slots.INSERT_SLOTS, slotValues(inserts))) === inserts.length;
  }

  async writeTimers(upserts: readonly TimerWrite[], deletes: readonly Slot[]): Promise<void> {
    if (deletes.length > 0) {
      await execute(this.client, slots.DELETE_TIMERS, slotColumns(deletes));
    }
    if (upserts.length === 0) return;
    await execute(this.client, slots.UPSERT_TIMERS, [
      ...slotColumns(upserts.map(({ slot }) => slot)),
      textArray(upserts.map(({ fireAtMs }) => pgTime(fireAtMs))),
      plainArray(upserts.map(({ clockGroup }) => clockGroup)),
      plainArray(upserts.map(({ slot }) => stableHash(slot.key) % TIMER_SHARDS)),
    ]);
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

  async claimDue(group: ClockGroupDue, limit: number): Promise<FiringClaim> {
    type Row = [number, number, string, string, number, number];
    const { clockGroup, clockMs, fromMs } = group;
    const rows = await tuplesOf<Row>(this.client, slots.CLAIM_DUE, [
      clockGroup,
      pgTime(clockMs),
      pgTime(fromMs),
      limit,
    ]);
    // After the rows are locked, so that a change of rules that was waited for is seen.
    type Now = [generation: bigint, nowMs: number];
    const [now] = await tuplesOf<Now>(this.client, slots.GENERATION_AND_NOW);
    return {
      generation: now?.[0] ?? 0n,
      nowMs: now?.[1] ?? 0,
      claimed: rows.map(([ruleNo, lane, key, json, revision, fireAtMs]) => ({
        slot: { ruleNo, lane: laneOf(lane), key },
        stored: { json, revision, fireAtMs },
      })),
    };
  }

  appendHistory(rows: readonly HistoryAppend[], wantsSeqs: boolean): Promise<bigint[]> {
    return appendHistory(this.client, rows, wantsSeqs);
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
}

function slotValues(writes: readonly SlotInsert[]): unknown[] {
  return [
    ...slotColumns(writes.map(({ slot }) => slot)),
    jsonTexts(writes.map(({ json }) => json)),
    textArray(writes.map(({ fireAtMs }) => pgTime(fireAtMs))),
    textArray(writes.map(({ sweepAfterMs }) => pgTime(sweepAfterMs))),
  ];
}
