import type { History } from '../history/history';
import type { Database } from '../queries/sql';
import type { Wake } from '../wake/wake';
import type { PayoutProviders } from './payout/payout-provider';
import type { RemedyObserver } from './remedy-observer';
import { RuleBook } from './rules/rule-book';
import type { ClockMode } from './skip/clock-now';

export interface RemedyOptions {
  readonly database: Database;
  readonly history: History;
  readonly observer: RemedyObserver;
  readonly providers: PayoutProviders;
  readonly wake: Wake;
  readonly clock: ClockMode;
  /** Where events of a type come from: skip_if waits until that topic has been read. */
  readonly topicsOf: (type: string) => readonly string[];
}

/** What every use case of remedy works with; one per process. */
export class Remedy {
  readonly database: Database;
  readonly history: History;
  readonly observer: RemedyObserver;
  readonly providers: PayoutProviders;
  readonly wake: Wake;
  readonly clock: ClockMode;
  readonly topicsOf: (type: string) => readonly string[];
  readonly rules = new RuleBook();

  constructor(options: RemedyOptions) {
    this.database = options.database;
    this.history = options.history;
    this.observer = options.observer;
    this.providers = options.providers;
    this.wake = options.wake;
    this.clock = options.clock;
    this.topicsOf = options.topicsOf;
  }
}
