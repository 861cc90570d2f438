import type { ReadUpTo } from './clock-keeper';
import type { RedoReason } from './detect-store';

export interface BatchReport {
  readonly source: string;
  readonly topic: string;
  readonly read: readonly ReadUpTo[];
  readonly events: number;
  readonly imported: number;
  readonly quarantined: number;
  readonly candidates: number;
  readonly durationMs: number;
  readonly evaluationMs: number;
  /** Decisions asked for, or refutations told. */
  readonly decisions: number;
  /** The earliest timer that was set, epoch ms; null: none was. */
  readonly firstTimerMs: number | null;
}

/** Told what happens, for metrics and the log: of whatever it wants to know. */
export interface DetectorObserver {
  onBatch?(report: BatchReport): void;
  onBadRule?(ruleId: string, version: number, error: unknown): void;
  onRedo?(reason: RedoReason): void;
  onFenced?(topic: string, partition: number): void;
  onIncidents?(change: 'opened' | 'closed' | 'refuted', count: number): void;
  onUndecidable?(count: number): void;
  onQuarantined?(reason: string): void;
  onTimersFired?(count: number, lagMs: number): void;
  /** How many of the shards of timers this process has leased. */
  onTimerShards?(count: number): void;
  onError?(error: unknown, where: string): void;
}
