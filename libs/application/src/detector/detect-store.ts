import type { Lane, Slot } from '@amends/domain';
import type { Fence } from '../events/event-source';
import type { Sql } from '../queries/sql';

/** What is kept of a slot. */
export interface StoredSlot {
  readonly json: string;
  readonly revision: number;
  /** `fire_at` of its timer row, epoch ms; null: it has none. */
  readonly fireAtMs: number | null;
}

export interface SlotInsert {
  readonly slot: Slot;
  readonly json: string;
  readonly fireAtMs: number | null;
  readonly sweepAfterMs: number | null;
}

export interface SlotUpdate extends SlotInsert {
  /** The revision that was read: with any other the write is refused. */
  readonly revision: number;
}

export interface SlotDelete {
  readonly slot: Slot;
  readonly revision: number;
}

export interface TimerWrite {
  readonly slot: Slot;
  readonly fireAtMs: number;
  readonly clockGroup: number;
}

export interface DueTimer {
  readonly slot: Slot;
  readonly fireAtMs: number;
}

export interface HistoryAppend {
  readonly timeMs: number;
  readonly type: string;
  readonly subject: string | null;
  readonly customerId: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly imported: boolean;
  /** The event as JSON text, or that text in UTF-8. */
  readonly body: string | Uint8Array;
  readonly keys: readonly { readonly path: string; readonly hash: Uint8Array }[];
}

/** So many `seq`s one after the other. */
export interface SeqRun {
  readonly first: bigint;
  readonly count: number;
}

export interface IncidentRow {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  readonly lane: Lane;
  readonly keyPath: string;
  readonly key: string;
  readonly occurrence: string;
  readonly customerId: string;
  readonly eventTimeMs: number;
  readonly detectedAtMs: number;
  readonly closedAtMs: number | null;
  readonly event: string;
  readonly vars: string;
  readonly facts: string;
  readonly evidence: string;
  readonly why: string;
  /** Steps away from the world: 1 where it rests on an event of ours. */
  readonly depth: number;
}

export interface DecisionRow {
  readonly incidentId: string;
  readonly kind: 'decide' | 'refute';
  readonly unit: number;
  readonly units: number | null;
  readonly atMs: number;
  readonly clockMs: number;
  readonly historyMark: bigint | null;
  /** Null: that of the incident, which was found before. */
  readonly customerId: string | null;
  /** Only if the incident was inserted by the same call: else it has been asked for before. */
  readonly onlyIfNew: boolean;
}

export interface IncidentClosing {
  readonly id: string;
  readonly closedAtMs: number;
  readonly event: string;
  readonly vars: string;
  readonly facts: string;
}

export interface IncidentRefutation {
  readonly id: string;
  readonly closedAtMs: number;
  readonly clockMs: number;
  readonly historyMark: bigint | null;
}

export interface FanOutRow {
  readonly ruleNo: number;
  readonly lane: Lane;
  readonly version: number;
  readonly key: string;
  readonly triggerRef: string;
  readonly triggerBody: string;
  readonly atMs: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly clockMs: number;
  readonly historyMark: bigint | null;
}

export interface QuarantineRow {
  readonly id: string;
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** '' where the event could not be read at all. */
  readonly ruleId: string;
  readonly reason: string;
  readonly detail: string;
  readonly eventSource: string | null;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly customerId: string | null;
  readonly payload: Uint8Array;
}

export interface FenceMove {
  readonly fence: Fence;
  readonly nextOffset: bigint;
  /** The furthest event time among the records, epoch ms; null: none had one. */
  readonly readTimeMs: number | null;
}

export interface Fenced {
  readonly generation: bigint;
  /** The database's clock, epoch ms. */
  readonly nowMs: number;
  readonly refused: readonly Fence[];
}

export interface FoundSlot {
  readonly slot: Slot;
  readonly stored: StoredSlot;
}

export interface FiringClaim {
  readonly generation: bigint;
  readonly nowMs: number;
  readonly claimed: readonly FoundSlot[];
}

/** Somebody else inserted a row meanwhile: the transaction is lost, and is to be done again. */
export class RowTaken extends Error {
  constructor() {
    super('a row was inserted by somebody else');
  }
}

/**
 * The statements of one transaction of the detector, in the order in which they are to be called:
 * positions, states, timers, incidents, the rest (DESIGN.md, lock order).
 */
export abstract class DetectTx {
  /** For what another use case writes in the same transaction. */
  abstract readonly sql: Sql;

  /** The furthest event time read from a partition so far (stream clock), epoch ms. */
  abstract readTime(fence: Fence): Promise<number | null>;

  /** Moves positions by compare-and-swap; the first statement of a batch that writes. */
  abstract fence(moves: readonly FenceMove[]): Promise<Fenced>;

  /** Those of the slots, given in key order, that have a state. `lock` waits for others that write them. */
  abstract readSlots(slots: readonly Slot[], lock: boolean): Promise<FoundSlot[]>;

  /**
   * False: somebody else wrote one of the slots since it was read; roll back and do it again.
   *
   * @throws RowTaken where somebody else inserted one
   */
  abstract writeSlots(
    inserts: readonly SlotInsert[],
    updates: readonly SlotUpdate[],
    deletes: readonly SlotDelete[],
  ): Promise<boolean>;

  /**
   * `inserts` are for slots without a timer.
   *
   * @throws RowTaken where one of them had one after all
   */
  abstract writeTimers(
    inserts: readonly TimerWrite[],
    upserts: readonly TimerWrite[],
    deletes: readonly Slot[],
  ): Promise<void>;

  /** Timers with fire_at < beforeMs, earliest first; `limit`, and those of the last one's instant. */
  abstract timersBefore(beforeMs: number, limit: number): Promise<DueTimer[]>;

  /**
   * Slots with a due timer of one clock group; with `lock`, locked, and those that others hold are left to them.
   * `fromMs` is a lower bound for fire_at, so that the scan does not pass what was deleted.
   */
  abstract claimDue(group: DueClaim, limit: number): Promise<FiringClaim>;

  /** Appends to history; answers the `seq`s of the events, in order. */
  abstract appendHistory(rows: readonly HistoryAppend[]): Promise<SeqRun[]>;

  /** The highest `seq` given out so far. */
  abstract historyMark(): Promise<bigint>;

  /** Inserts incidents that are not known yet, and asks for decisions; answers how many were new. */
  abstract addIncidents(
    incidents: readonly IncidentRow[],
    decisions: readonly DecisionRow[],
  ): Promise<number>;

  abstract closeIncidents(closings: readonly IncidentClosing[]): Promise<number>;
  abstract refuteIncidents(refutations: readonly IncidentRefutation[]): Promise<number>;
  /** Keeps triggers for the worker, and has every process reload its rules. */
  abstract addFanOuts(rows: readonly FanOutRow[]): Promise<void>;
  abstract quarantine(rows: readonly QuarantineRow[]): Promise<void>;
}

export interface ClockGroupDue {
  readonly clockGroup: number;
  readonly clockMs: number;
  readonly fromMs: number | null;
  /** Timers of these only. */
  readonly shards: readonly number[];
}

export interface DueClaim extends ClockGroupDue {
  readonly lock: boolean;
}

export type RedoReason = 'deadlock' | 'serialization' | 'stale_state' | 'rules';

export interface DetectTransactionOptions {
  /** False only where position and effects are lost together and read again (Kafka). */
  readonly durable: boolean;
  readonly onRedo: (reason: RedoReason) => void;
}

/** Where the detector keeps what it knows. */
export abstract class DetectStore {
  /** Commits when `work` resolves. `work` runs again after a deadlock: it keeps nothing of a failed run. */
  abstract transaction<T>(
    work: (tx: DetectTx) => Promise<T>,
    options: DetectTransactionOptions,
  ): Promise<T>;

  /** Whether the database refused a value, so that doing the same again is pointless. */
  abstract isAboutData(error: unknown): boolean;
}
