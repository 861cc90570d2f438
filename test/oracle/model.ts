/** An event as it stands in the list of arrivals: CloudEvents JSON. */
export interface OracleEvent {
  id: string;
  source: string;
  type: string;
  time: string;
  subject?: string;
  customerid?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
}

/** One decision about money. */
export interface OraclePayment {
  atMs: number;
  outcome: 'paid' | 'nothing' | 'skipped' | 'review';
  amount?: string;
  unit?: number;
}

/**
 * What the rule found, with everything that was decided about it. Beside `key` its identity is
 * `startRef`: the start, the first step or the window's newest event as `source|id`; with
 * `for_each` the JSON of its `by`. Only a deadline stays open: all else is closed at once.
 */
export interface OracleIncident {
  key: unknown;
  atMs: number;
  customer: string;
  refuted: boolean;
  closedAtMs: number | null;
  payments: OraclePayment[];
  startRef?: string;
}

/** A rule document as parsed from YAML: the one place where `any` is at home. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type RawRule = any;

/** What the oracle is asked: up to which instant the clock goes, and the named calendars. */
export interface OracleOptions {
  untilMs: number;
  calendars?: Record<string, RawRule>;
}
