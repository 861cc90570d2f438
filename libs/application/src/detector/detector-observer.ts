import type { RedoReason } from './detect-store';

export interface BatchReport {
  readonly source: string;
  readonly topic: string;
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

/** Told what happens, for metrics and the log. Does nothing by itself. */
export class DetectorObserver {
  onBatch(_report: BatchReport): void {}
  onBadRule(_ruleId: string, _version: number, _error: unknown): void {}
  onRedo(_reason: RedoReason): void {}
  onFenced(_topic: string, _partition: number): void {}
  onIncidents(_change: 'opened' | 'closed' | 'refuted', _count: number): void {}
  onUndecidable(_count: number): void {}
  onQuarantined(_reason: string): void {}
  onTimersFired(_count: number, _lagMs: number): void {}
  onError(_error: unknown, _where: string): void {}
}
