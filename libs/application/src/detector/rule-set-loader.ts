import {
  buildRuleSet,
  compileRule,
  parseDuration,
  versionsOf,
  type CompiledRule,
  type Lane,
  type RuleSetEntry,
} from '@amends/domain';
import { ErasedCustomers } from '../erasure/erased-customers';
import { HistoryKeys } from '../events/history-key';
import type { Topics } from '../events/topics';
import type { ActiveFanOut, LoadedRules } from './loaded-rules';
import type {
  CalendarVersion,
  CatalogueSnapshot,
  RuleCatalogue,
  RuleVersion,
} from './rule-catalogue';

export interface RuleSetLoaderOptions {
  readonly catalogue: RuleCatalogue;
  readonly topics: Topics;
  /** A stored version that does not compile is left out: the other rules go on. */
  readonly onBadRule?: (ruleId: string, version: number, error: unknown) => void;
  readonly onLoaded?: (rules: LoadedRules, durationMs: number) => void;
}

const DEFAULT_LATENESS_MS = 120_000;

/** Keeps the rules compiled: each version once, and anew only if the calendar it names has changed. */
export class RuleSetLoader {
  private readonly documents = new Map<string, RuleVersion>();
  private readonly compiled = new Map<string, CompiledRule | null>();
  private readonly erased = new ErasedCustomers();
  private rules: LoadedRules | undefined;
  private loading: Promise<LoadedRules> | undefined;

  constructor(private readonly options: RuleSetLoaderOptions) {}

  /** What was loaded last; loads if nothing was. */
  async current(): Promise<LoadedRules> {
    return this.rules ?? this.load();
  }

  /** What was loaded last, if it is at least of that generation; else loads. */
  async atLeast(generation: bigint): Promise<LoadedRules> {
    const { rules } = this;
    if (rules !== undefined && rules.generation >= generation) return rules;
    const loaded = await this.load();
    // The load that was under way may have begun before the change.
    return loaded.generation >= generation ? loaded : this.load();
  }

  /** Loads if the stored rules have changed. */
  async refresh(): Promise<void> {
    await this.atLeast(await this.options.catalogue.generation());
  }

  private load(): Promise<LoadedRules> {
    this.loading ??= this.loadNow().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  private async loadNow(): Promise<LoadedRules> {
    const startMs = performance.now();
    const { catalogue } = this.options;
    const snapshot = await catalogue.snapshot((ruleId, version) =>
      this.documents.has(documentKey(ruleId, version)),
    );
    for (const one of snapshot.versions) {
      this.documents.set(documentKey(one.ruleId, one.version), one);
    }
    // After the snapshot, whose generation then stands for all of them.
    await catalogue.readErased(this.erased);
    this.options.topics.follow(snapshot.routes);
    const rules = await this.build(snapshot);
    this.rules = rules;
    this.options.onLoaded?.(rules, performance.now() - startMs);
    return rules;
  }

  private async build(snapshot: CatalogueSnapshot): Promise<LoadedRules> {
    const calendars = new Map(snapshot.calendars.map((calendar) => [calendar.id, calendar]));
    const compile = (ruleId: string, version: number) => this.compile(ruleId, version, calendars);
    const entries = snapshot.running.flatMap((running): RuleSetEntry[] => {
      const { ruleId, ruleNo, lane, version, draining } = running;
      const current = compile(ruleId, version);
      if (current === undefined) return [];
      const older = draining.flatMap((one) => compile(ruleId, one) ?? []);
      return [{ ruleId, ruleNo, lane, current, draining: older }];
    });
    const repeating = new Set(entries.filter(namesRepeat));
    return {
      generation: snapshot.generation,
      ruleSet: buildRuleSet(entries),
      latenessMs: parseDuration(snapshot.lateness) ?? DEFAULT_LATENESS_MS,
      historyKeys: new HistoryKeys(snapshot.historyPaths),
      erased: this.erased,
      fanOuts: this.activeFanOuts(snapshot, entries, compile),
      hasRepeat: (entry) => repeating.has(entry),
      clockGroupOf: await this.clockGroups(entries),
      versionOf: compile,
    };
  }

  private compile(
    ruleId: string,
    version: number,
    calendars: ReadonlyMap<string, CalendarVersion>,
  ): CompiledRule | undefined {
    const stored = this.documents.get(documentKey(ruleId, version));
    if (stored === undefined) return undefined;
    const { detect } = stored.document;
    const named = 'calendar' in detect ? calendars.get(detect.calendar ?? '') : undefined;
    const key = `${documentKey(ruleId, version)}/${String(named?.version ?? 0)}`;
    const known = this.compiled.get(key);
    if (known !== undefined) return known ?? undefined;
    try {
      const documents = new Map(named === undefined ? [] : [[named.id, named.document]]);
      const rule = compileRule(stored.document, { version, calendars: documents });
      this.compiled.set(key, rule);
      return rule;
    } catch (error) {
      this.compiled.set(key, null);
      this.options.onBadRule?.(ruleId, version, error);
      return undefined;
    }
  }

  private activeFanOuts(
    { fanOuts }: CatalogueSnapshot,
    entries: readonly RuleSetEntry[],
    compile: (ruleId: string, version: number) => CompiledRule | undefined,
  ): Map<string, ActiveFanOut[]> {
    const running = new Set(entries.map(({ ruleId, lane }) => `${lane}/${ruleId}`));
    const byType = new Map<string, ActiveFanOut[]>();
    for (const open of fanOuts) {
      const detector = compile(open.ruleId, open.fanOut.ruleVersion)?.detector;
      if (detector?.type !== 'event' || detector.forEach === null) continue;
      if (!running.has(`${open.fanOut.lane}/${open.ruleId}`)) continue;
      const type = detector.forEach.event;
      byType.set(type, [...(byType.get(type) ?? []), { ...open, detector }]);
    }
    return byType;
  }

  /** Versions drain in the clock group of all of them together: none fires too early. */
  private async clockGroups(
    entries: readonly RuleSetEntry[],
  ): Promise<LoadedRules['clockGroupOf']> {
    const { topics, catalogue } = this.options;
    const setOf = (entry: RuleSetEntry): string[] => {
      const types = versionsOf(entry).flatMap(({ clockTypes }) => clockTypes);
      return [...new Set(types.flatMap(topics.topicsOf))].sort();
    };
    const sets = new Map(entries.map((entry) => setOf(entry)).map((set) => [set.join(' '), set]));
    const ids = await catalogue.clockGroups([...sets.values()]);
    const idOf = new Map([...sets.keys()].map((key, index) => [key, ids[index] ?? 0]));
    const byEntry = new Map(
      entries.map((entry) => [
        entryKey(entry.lane, entry.ruleNo),
        idOf.get(setOf(entry).join(' ')) ?? 0,
      ]),
    );
    return ({ lane, ruleNo }) => byEntry.get(entryKey(lane, ruleNo)) ?? 0;
  }
}

function namesRepeat(entry: RuleSetEntry): boolean {
  return versionsOf(entry).some(({ document }) => 'repeat' in document.detect);
}

function documentKey(ruleId: string, version: number): string {
  return `${ruleId}/${String(version)}`;
}

function entryKey(lane: Lane, ruleNo: number): string {
  return `${lane}/${String(ruleNo)}`;
}
