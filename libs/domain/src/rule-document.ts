import type { JsonObject } from './json';

/** The rule document of RULES.md, validated (see contracts), in the words and units it was written in. */
export interface RuleDocument {
  readonly kind: 'Rule';
  readonly id: string;
  readonly title: string;
  readonly note?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly detect: Detect;
  readonly skip_if?: readonly SkipIf[];
  readonly pay: Pay;
  readonly limits?: readonly Limit[];
  readonly message?: RuleMessage;
  readonly tests?: readonly RuleTest[];
}

export type Detect = DetectEvent | DetectWindow | DetectSequence | DetectDeadline;

interface DetectCommon {
  readonly by?: string;
  readonly let?: Readonly<Record<string, string>>;
  readonly where?: Conditions;
  readonly allow_late?: string;
}

export interface DetectEvent extends DetectCommon {
  readonly type: 'event';
  readonly event: string;
  readonly for_each?: ForEach;
}

export interface ForEach {
  readonly event: string;
  readonly by: string;
  readonly over: string;
  readonly where?: Conditions;
}

export interface DetectWindow extends DetectCommon {
  readonly type: 'window';
  readonly event: string | readonly string[];
  readonly over: string;
  readonly measure: Measure;
  readonly is: Operators;
  readonly min_events?: number;
}

export type Measure =
  | 'count'
  | { readonly sum: string }
  | { readonly avg: string }
  | { readonly min: string }
  | { readonly max: string }
  | { readonly distinct: string }
  | { readonly share: Conditions }
  | { readonly ratio: readonly [string, string] };

export interface DetectSequence extends DetectCommon {
  readonly type: 'sequence';
  readonly steps: readonly Step[];
  readonly within: string;
  readonly cancel?: string | readonly string[];
  readonly repeat?: Repeat;
}

export type Step = string | { readonly event: string; readonly where?: Conditions };

export interface DetectDeadline extends DetectCommon {
  readonly type: 'deadline';
  readonly start: string | readonly string[];
  readonly expect: string | readonly string[];
  readonly cancel?: string | readonly string[];
  readonly extend?: string | readonly string[];
  readonly broken_if?: Conditions;
  /** A duration after the start, or a path to an instant in it. */
  readonly due: string;
  readonly grace?: string;
  readonly calendar?: string;
  readonly accrue?: Accrue;
  readonly repeat?: Repeat;
}

export interface Accrue {
  readonly every: string;
  readonly max: number;
}

export interface Repeat {
  readonly times: number;
  readonly over: string;
  readonly by?: string;
}

/** Path to operand; `any` and `not` nest. All entries must hold. */
export interface Conditions {
  readonly [path: string]: Operand | readonly Conditions[] | Conditions;
}

export type Scalar = string | number | boolean | null;
export type FieldRef = { readonly field: string };
export type Operand = Scalar | readonly Scalar[] | FieldRef | Operators;
export interface Operators {
  readonly eq?: Scalar | FieldRef;
  readonly not?: Scalar | FieldRef;
  readonly gte?: Scalar | FieldRef;
  readonly gt?: Scalar | FieldRef;
  readonly lte?: Scalar | FieldRef;
  readonly lt?: Scalar | FieldRef;
  readonly in?: readonly Scalar[] | FieldRef;
  readonly not_in?: readonly Scalar[] | FieldRef;
  readonly contains?: Scalar | FieldRef;
  readonly exists?: boolean;
}

export interface SkipIf {
  readonly event: string;
  readonly same: string;
  readonly over: string;
  readonly where?: Conditions;
}

/** One money, or one per currency. */
export type Monies = string | readonly string[];

export type PayAs = 'refund' | 'credit' | 'voucher' | 'replacement' | 'nothing';

export interface Pay {
  readonly as: PayAs;
  readonly payment?: string;
  readonly amount?: Amount;
  readonly min?: Monies;
  readonly max?: Monies;
  readonly approve_over?: Monies;
  readonly settle?: 'each' | 'end';
}

export type Amount =
  | { readonly fixed: Monies }
  | { readonly percent: number; readonly of: string }
  | { readonly bands: string; readonly steps: readonly Band[] };

/** Holds its lower bound; up to the next band's. */
export type Band = {
  readonly from: number;
  readonly min?: Monies;
  readonly max?: Monies;
} & ({ readonly pay: Monies } | { readonly percent: number; readonly of: string });

export interface Limit {
  readonly times?: number;
  readonly total?: Monies;
  /** `customer`, `rule`, or a path. */
  readonly per: string;
  /** `label=value` */
  readonly across?: string;
  readonly over?: string;
  readonly then: 'skip' | 'trim' | 'review';
}

export interface RuleMessage {
  readonly template: string;
  readonly channels: readonly string[];
  readonly urgent?: boolean;
}

export interface RuleTest {
  readonly name: string;
  readonly events: readonly RuleTestEvent[];
  readonly until: string;
  readonly expect: readonly RuleTestExpectation[];
}

export interface RuleTestEvent {
  readonly at: string;
  readonly type: string;
  readonly subject?: string;
  readonly customerid?: string;
  readonly source?: string;
  readonly id?: string;
  readonly data?: JsonObject;
}

export interface RuleTestExpectation {
  readonly customer?: string;
  readonly pay?: string;
  readonly at?: string;
  readonly refuted?: boolean;
}

/** Working time, as data with its source (RULES.md, Edges: calendar). */
export interface CalendarDocument {
  readonly time_zone: string;
  /** ISO weekdays, 1 = Monday. */
  readonly working_days: readonly number[];
  /** `YYYY-MM-DD` */
  readonly holidays: readonly string[];
  readonly hours?: { readonly from: string; readonly to: string };
}
