import type { CalendarDocument, FanOut, Lane, RuleDocument } from '@amends/domain';
import type { ErasedCustomers } from '../erasure/erased-customers';
import type { HistoryPath } from '../events/history-key';
import type { TopicRoutes } from '../events/topic-routes';

/** A rule that runs in a lane. */
export interface RunningRule {
  readonly ruleId: string;
  readonly ruleNo: number;
  readonly lane: Lane;
  readonly version: number;
  /** Earlier versions under which something may still be open, oldest first. */
  readonly draining: readonly number[];
}

export interface RuleVersion {
  readonly ruleId: string;
  readonly version: number;
  readonly document: RuleDocument;
}

export interface CalendarVersion {
  readonly id: string;
  readonly version: number;
  readonly document: CalendarDocument;
}

/** A trigger that still takes arrivals. */
export interface OpenFanOut {
  readonly id: bigint;
  readonly ruleId: string;
  readonly fanOut: FanOut;
}

/** All that the evaluator compiles, as of one generation. */
export interface CatalogueSnapshot {
  readonly generation: bigint;
  readonly running: readonly RunningRule[];
  /** Documents of the versions that were not known yet. */
  readonly versions: readonly RuleVersion[];
  readonly calendars: readonly CalendarVersion[];
  readonly historyPaths: readonly HistoryPath[];
  readonly fanOuts: readonly OpenFanOut[];
  /** The account's lateness, a duration such as `2m`. */
  readonly lateness: string;
  readonly routes: TopicRoutes;
}

/** The rules as they are stored. */
export abstract class RuleCatalogue {
  abstract generation(): Promise<bigint>;

  /** Everything in one consistent view; documents only where `isKnown` says no. */
  abstract snapshot(
    isKnown: (ruleId: string, version: number) => boolean,
  ): Promise<CatalogueSnapshot>;

  /** Tells who was erased since it was told last. */
  abstract readErased(erased: ErasedCustomers): Promise<void>;

  /** The id of each set of topics; makes those that do not exist. */
  abstract clockGroups(topicSets: readonly (readonly string[])[]): Promise<number[]>;
}
