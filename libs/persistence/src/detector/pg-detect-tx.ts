import {
  decisionShard,
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
import { jsonTexts, jsonValues } from '../database/json-list';
import { sqlOf } from '../database/pg-database';
import { pgTime } from '../database/pg-time';
import { execute, tuplesOf } from '../database/statement';
import { advancePositions } from '../stream/advance-positions';
import { appendHistory } from './append-history';
import * as history from './history-statements';
import * as incidents from './incident-statements';
import { laneNo, laneOf, slotColumns } from './slot-columns';
import * as slots from './slot-statements';

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
      const revisions = updates.map(({ revision }) => revision);
      const values = [...slotValues(updates), revisions];
      if ((await execute(client, slots.UPDATE_SLOTS, values)) !== updates.length) return false;
    }
    if (deletes.length > 0) {
      const revisions = deletes.map(({ revision }) => revision);
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
      upserts.map(({ fireAtMs }) => pgTime(fireAtMs)),
      upserts.map(({ clockGroup }) => clockGroup),
      upserts.map(({ slot }) => stableHash(slot.key) % TIMER_SHARDS),
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

  appendHistory(rows: readonly HistoryAppend[]): Promise<bigint[]> {
    return appendHistory(this.client, rows);
  }

  async historyMark(): Promise<bigint> {
    const [row] = await tuplesOf<[bigint]>(this.client, history.HISTORY_MARK);
    return row?.[0] ?? 0n;
  }

  async addIncidents(
    found: readonly IncidentRow[],
    decisions: readonly DecisionRow[],
  ): Promise<number> {
    const asked = await this.withCustomers(decisions);
    const [row] = await tuplesOf<[number]>(this.client, incidents.ADD_INCIDENTS, [
      found.map(({ id }) => id),
      found.map(({ ruleId }) => ruleId),
      found.map(({ ruleVersion }) => ruleVersion),
      found.map(({ lane }) => laneNo(lane)),
      found.map(({ keyPath }) => keyPath),
      found.map(({ key }) => key),
      found.map(({ occurrence }) => occurrence),
      found.map(({ customerId }) => customerId),
      found.map(({ eventTimeMs }) => pgTime(eventTimeMs)),
      found.map(({ detectedAtMs }) => pgTime(detectedAtMs)),
      found.map(({ closedAtMs }) => pgTime(closedAtMs)),
      jsonValues(found.map(({ event }) => event)),
      jsonValues(found.map(({ vars }) => vars)),
      jsonValues(found.map(({ facts }) => facts)),
      jsonValues(found.map(({ evidence }) => evidence)),
      jsonValues(found.map(({ why }) => why)),
      ...decisionValues(asked),
    ]);
    return row?.[0] ?? 0;
  }

  async closeIncidents(closings: readonly IncidentClosing[]): Promise<number> {
    return execute(this.client, incidents.CLOSE_INCIDENTS, [
      closings.map(({ id }) => id),
      closings.map(({ closedAtMs }) => pgTime(closedAtMs)),
      jsonValues(closings.map(({ event }) => event)),
      jsonValues(closings.map(({ vars }) => vars)),
      jsonValues(closings.map(({ facts }) => facts)),
    ]);
  }

  async refuteIncidents(refutations: readonly IncidentRefutation[]): Promise<number> {
    type Row = [id: string, customerId: string, ruleId: string, lane: number];
    const refuted = await tuplesOf<Row>(this.client, incidents.REFUTE_INCIDENTS, [
      refutations.map(({ id }) => id),
      refutations.map(({ clockMs }) => pgTime(clockMs)),
      refutations.map(({ closedAtMs }) => pgTime(closedAtMs)),
    ]);
    if (refuted.length === 0) return 0;
    const customers = new Map(refuted.map(([id, customerId]) => [id, customerId]));
    const commands = refutations.flatMap(({ id, clockMs, historyMark }): DecisionRow[] => {
      const customerId = customers.get(id);
      if (customerId === undefined) return [];
      const shared = { incidentId: id, customerId, clockMs, historyMark, atMs: clockMs };
      return [{ ...shared, kind: 'refute', unit: 0, units: null, onlyIfNew: false }];
    });
    await this.addIncidents([], commands);
    await this.countRefuted(refuted.filter(([, , , lane]) => lane === 0).map((row) => row[2]));
    return refuted.length;
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

  /** An accrual unit names its incident only; the customer stands in the incident's row. */
  private async withCustomers(decisions: readonly DecisionRow[]): Promise<DecisionRow[]> {
    const unknown = decisions.filter(({ customerId }) => customerId === null);
    if (unknown.length === 0) return [...decisions];
    const ids = [...new Set(unknown.map(({ incidentId }) => incidentId))];
    const rows = await tuplesOf<[string, string]>(this.client, incidents.CUSTOMERS_OF, [ids]);
    const customers = new Map(rows);
    return decisions.flatMap((decision) => {
      const customerId = decision.customerId ?? customers.get(decision.incidentId);
      return customerId === undefined ? [] : [{ ...decision, customerId }];
    });
  }

  private async countRefuted(ruleIds: readonly string[]): Promise<void> {
    if (ruleIds.length === 0) return;
    const counts = new Map<string, number>();
    for (const id of [...ruleIds].sort()) counts.set(id, (counts.get(id) ?? 0) + 1);
    await execute(this.client, incidents.COUNT_REFUTED, [[...counts.keys()], [...counts.values()]]);
  }
}

function slotValues(writes: readonly SlotInsert[]): unknown[] {
  return [
    ...slotColumns(writes.map(({ slot }) => slot)),
    jsonTexts(writes.map(({ json }) => json)),
    writes.map(({ fireAtMs }) => pgTime(fireAtMs)),
    writes.map(({ sweepAfterMs }) => pgTime(sweepAfterMs)),
  ];
}

function decisionValues(decisions: readonly DecisionRow[]): unknown[] {
  return [
    decisions.map(({ incidentId }) => incidentId),
    decisions.map(({ kind }) => kind),
    decisions.map(({ unit }) => unit),
    decisions.map(({ units }) => units),
    decisions.map(({ atMs }) => pgTime(atMs)),
    decisions.map(({ clockMs }) => pgTime(clockMs)),
    decisions.map(({ historyMark }) => historyMark),
    decisions.map(({ customerId }) => decisionShard(customerId ?? '')),
    decisions.map(({ customerId }) => customerId),
    decisions.map(({ onlyIfNew }) => onlyIfNew),
  ];
}
