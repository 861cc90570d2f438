import type { CompiledRule, EventDetector, RuleSet, RuleSetEntry, Slot } from '@amends/domain';
import type { ErasedCustomers } from '../erasure/erased-customers';
import type { HistoryKeys } from '../events/history-key';
import type { OpenFanOut } from './rule-catalogue';

/** A trigger whose rule still runs. */
export interface ActiveFanOut extends OpenFanOut {
  readonly detector: EventDetector;
}

/** A rule set as the detector works with it. Never changes: a change of rules makes a new one. */
export interface LoadedRules {
  readonly generation: bigint;
  readonly ruleSet: RuleSet;
  /** Waited for late arrivals where a rule has no `allow_late`, milliseconds. */
  readonly latenessMs: number;
  readonly historyKeys: HistoryKeys;
  /** At least those who had been erased when it was loaded. */
  readonly erased: ErasedCustomers;
  /** By the event type they look for. */
  readonly fanOuts: ReadonlyMap<string, readonly ActiveFanOut[]>;
  /** Whether working on a slot may touch counters of misses, which must be loaded too. */
  readonly hasRepeat: (entry: RuleSetEntry) => boolean;
  /** Which topics must have been read before a timer of the slot fires. */
  readonly clockGroupOf: (slot: Slot) => number;
  readonly versionOf: (ruleId: string, version: number) => CompiledRule | undefined;
}
