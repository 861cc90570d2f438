import type { RuleId } from '../world/rules';

export interface ChaosEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly customerid: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What is put into the stream, and when. */
export interface Sending {
  readonly atMs: number;
  /** An event, or bytes that are none. */
  readonly event: ChaosEvent | string;
  readonly topic: string;
  readonly via: 'kafka' | 'rest';
  readonly isDuplicate?: true;
  /** Later than this the deadline that it keeps may have passed, and rightly so. */
  readonly keepsUntilMs?: number;
}

/** What must come of it. */
export interface Planned {
  readonly rule: RuleId;
  /** Of the incident, as the rule's `by` reads it. */
  readonly key: string;
  readonly customer: string;
  readonly value: string;
  readonly currency: string;
  /** Whether there must be an incident; else there must be none. */
  readonly isBreach: boolean;
  /** Of whom at most so many are paid. */
  readonly desk?: string;
  readonly payment?: string;
  /** Set aside, with this reason, as often as it is there: a producer without an answer sends again. */
  readonly quarantined?: string;
}

export interface Story {
  readonly planned: Planned;
  readonly sendings: readonly Sending[];
}
