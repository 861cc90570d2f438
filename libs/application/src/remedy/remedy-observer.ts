/** The places between two steps whose order matters; a test kills the process there. */
export type RemedyStep =
  | 'decision.after-lock'
  | 'decision.before-commit'
  | 'decision.after-commit'
  | 'payout.after-attempt-row'
  | 'payout.before-record'
  | 'payout.after-record'
  | 'message.after-claim'
  | 'message.before-record';

/** What the operator is told: a log line with ids, never with what customers wrote. */
export interface Incidence {
  readonly incidentId?: string;
  readonly compensationId?: string;
  readonly messageId?: string;
  readonly holdId?: string;
  readonly ruleId?: string;
  readonly traceId?: string;
  readonly attempt?: number;
  readonly code?: string;
  readonly error?: unknown;
}

/** Told what happens: metrics, logs and crash points hang here, so that use cases know of none. */
export class RemedyObserver {
  /** Between two steps. */
  reached(_step: RemedyStep): void {
    // Nothing to do outside tests.
  }

  decided(_outcome: string, _count: number): void {
    // Nobody listens.
  }

  /** A limit, a budget or the daily ceiling changed what becomes of a decision. */
  limited(
    _kind: 'limit' | 'budget' | 'ceiling',
    _effect: 'trim' | 'skip' | 'review' | 'hold',
  ): void {
    // Nobody listens.
  }

  /** A batch was decided anew, since others had taken the room it had seen in a budget or ceiling. */
  totalMoved(): void {
    // Nobody listens.
  }

  /** A batch of decisions, from taking it off the queue to its commit. */
  decidedIn(_seconds: number): void {
    // Nobody listens.
  }

  /** One attempt at a provider came to an end. */
  attempted(_provider: string, _outcome: string, _seconds: number): void {
    // Nobody listens.
  }

  /** A provider is let alone (`open`), tried with one request (`half-open`), or works again. */
  circuit(_provider: string, _state: 'closed' | 'open' | 'half-open'): void {
    // Nobody listens.
  }

  /** So many requests to a provider are under way. */
  inFlight(_provider: string, _count: number): void {
    // Nobody listens.
  }

  /** Money has irrevocably moved. */
  settled(_kind: string, _currency: string, _minor: bigint): void {
    // Nobody listens.
  }

  /** One attempt to hand over a message came to an end. */
  messaged(_channel: string, _outcome: 'sent' | 'retried' | 'failed', _seconds: number): void {
    // Nobody listens.
  }

  /** From an incident being detected to its message handed over. */
  apologised(_seconds: number): void {
    // Nobody listens.
  }

  /** From a failure (the incident's time) to a step of its making good; never less than zero. */
  madeGood(_step: 'detected' | 'moved' | 'told', _seconds: number): void {
    // Nobody listens.
  }

  /** Payouts were stopped, since there were far more than usual. */
  guardrailTripped(_guard: string): void {
    // Nobody listens.
  }

  /** Totals were held against the ledger: so many are not what it says. */
  booksChecked(_differences: number): void {
    // Nobody listens.
  }

  /** A person may have to act. */
  warn(_what: string, _about: Incidence): void {
    // Nobody listens.
  }

  /** A person must act. */
  alarm(_what: string, _about: Incidence): void {
    // Nobody listens.
  }
}
