import type { WhyLine } from '../conditions';
import type { JsonObject } from '../json';

/** `live` may pay; `shadow` records only, with state and limits of its own (semantics 7). */
export type Lane = 'live' | 'shadow';

/** Where one rule keeps what it knows of one key. `key` is the JSON text of the key's value. */
export interface Slot {
  readonly ruleNo: number;
  readonly lane: Lane;
  readonly key: string;
}

/** What makes an incident the same incident whenever it is found again: rule, lane, key, occurrence. */
export interface IncidentIdentity {
  readonly ruleId: string;
  readonly lane: Lane;
  /** JSON text of the key's value. */
  readonly key: string;
  /** '' for `event`; the identifying event's source|id else. */
  readonly occurrence: string;
  /** The incident's time, epoch ms: part of its sortable id. */
  readonly atMs: number;
}

/** What amount, limits and message are read from; see Scope. */
export interface IncidentReading {
  readonly event: JsonObject;
  readonly vars: JsonObject;
  readonly facts: JsonObject;
}

/** One thing to decide: the whole incident (`unit` 0), one accrual unit, or a settlement of `units`. */
export interface DecisionRequest {
  readonly unit: number;
  readonly units: number | null;
  /** The instant of the decision, epoch ms: limits count by it. */
  readonly atMs: number;
}

export type Effect =
  IncidentFound | IncidentUnit | IncidentClosed | IncidentRefuted | FanOut | Undecidable | Poison;

export interface IncidentFound {
  readonly kind: 'found';
  readonly identity: IncidentIdentity;
  readonly ruleNo: number;
  readonly ruleVersion: number;
  readonly keyPath: string;
  readonly customerId: string;
  /** The stream or wall clock when it was found, epoch ms. */
  readonly clockMs: number;
  readonly closedAtMs: number | null;
  readonly reading: IncidentReading;
  /** source|id of the events it rests on. */
  readonly evidence: readonly string[];
  readonly why: readonly WhyLine[];
  /** Null while an accrual that settles at its end is still open. */
  readonly decide: DecisionRequest | null;
  /**
   * Incidents of one instant go by (start time, source, id); those of window and sequence by the event that
   * completes them (semantics 3).
   */
  readonly order: readonly [number, string];
}

/** A further accrual unit, or the settlement at the end, of an incident found before. */
export interface IncidentUnit {
  readonly kind: 'unit';
  readonly identity: IncidentIdentity;
  readonly clockMs: number;
  readonly reading: IncidentReading;
  readonly decide: DecisionRequest;
  readonly order: readonly [number, string];
}

export interface IncidentClosed {
  readonly kind: 'closed';
  readonly identity: IncidentIdentity;
  readonly closedAtMs: number;
  readonly reading: IncidentReading;
}

export interface IncidentRefuted {
  readonly kind: 'refuted';
  readonly identity: IncidentIdentity;
  readonly clockMs: number;
  /** Event time of the expect or cancel that says it was kept. */
  readonly closedAtMs: number;
}

/** A `for_each` trigger: look history up, one incident per `by` found (RULES.md, for_each). */
export interface FanOut {
  readonly kind: 'fan-out';
  readonly ruleNo: number;
  readonly lane: Lane;
  readonly ruleVersion: number;
  readonly key: string;
  readonly trigger: JsonObject;
  readonly triggerRef: string;
  /** The trigger's time; events with fromMs < time <= atMs are looked at. */
  readonly atMs: number;
  readonly fromMs: number;
  /** Those that arrive after the trigger are looked at until the clock passes this. */
  readonly toMs: number;
}

/** An evaluation that could not be made: counted per rule and path, pays nothing. */
export interface Undecidable {
  readonly kind: 'undecidable';
  readonly ruleId: string;
  readonly path: string;
}

/** The rule threw on this event: set aside, nobody else is stopped (semantics 9). */
export interface Poison {
  readonly kind: 'poison';
  readonly ruleId: string;
  readonly eventRef: string;
  readonly message: string;
}
