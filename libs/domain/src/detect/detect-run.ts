import type { DomainEvent } from '../event';
import { type Route, type RuleSet, type RuleSetEntry, versionsOf } from '../rule-set';
import { deadlineFire, deadlineOnEvent } from './deadline';
import { emptyDeadlineState } from './deadline-state';
import type { DeadlineVersions } from './deadline-versions';
import type { Effect, Slot } from './effects';
import { eventRef } from './event-ref';
import { lookAtEvent } from './event-rule';
import { type GatherSpec, gatherFire, gatherOnEvent, type GatherVersions } from './gather';
import { emptyGatheredState } from './gathered-state';
import { pruneRepeat } from './repeat';
import { emptyRepeatState, type RepeatState } from './repeat-state';
import { namedSlot, type NamedSlot, repeatSlot, slotId } from './slot';
import type { SlotContext } from './slot-context';
import { closeRecord, openRecord, planOf, type SlotRecord } from './slot-record';

/** What a slot's row and its timer are to become. */
export interface ChangedSlot {
  readonly slot: Slot;
  readonly id: string;
  /** null: nothing is left to remember; the row may go. */
  readonly json: string | null;
  readonly fireAtMs: number | null;
  readonly sweepAfterMs: number | null;
}

export interface DetectRunOptions {
  /** Waited for late arrivals where the rule has no `allow_late`; 0 in tests and under the stream clock. */
  readonly accountLatenessMs: number;
}

/**
 * Evaluates a run of events and due timers against the states of the slots they touch: pure, in memory. The
 * caller loads the states, and afterwards writes what changed and what was found in one transaction.
 */
export class DetectRun {
  /** What was found, in order. The caller may take them out at any time. */
  readonly effects: Effect[] = [];
  private readonly records = new Map<string, SlotRecord>();
  private readonly openVersions = new Map<RuleSetEntry, EntryVersions>();
  private readonly closedVersions = new Map<RuleSetEntry, EntryVersions>();
  private readonly decided = new Set<string>();
  private readonly emit = (effect: Effect): void => {
    this.effects.push(effect);
  };
  /** The first event of a key in this run decides; across runs the incident's identity does. */
  private readonly emitFirst = (effect: Effect): void => {
    if (effect.kind === 'found') {
      const { lane, key } = effect.identity;
      const id = slotId({ ruleNo: effect.ruleNo, lane, key });
      if (this.decided.has(id)) return;
      this.decided.add(id);
    }
    this.effects.push(effect);
  };
  private readonly shared: SharedContext = {
    latenessMs: (allowLateMs) => allowLateMs ?? this.options.accountLatenessMs,
    repeatState: (of, value, entry, clockMs) => this.repeatState(of, value, entry, clockMs),
  };

  /** @param states stored states by slotId; a slot without one is new */
  constructor(
    private readonly ruleSet: RuleSet,
    private readonly states: { get(id: string): string | null | undefined },
    private readonly options: DetectRunOptions,
  ) {}

  /** @param clockMs the clock of the event's topics (see DESIGN.md); -Infinity where it is not known yet */
  onEvent(event: DomainEvent, routes: readonly Route[], clockMs: number): void {
    for (const route of routes) {
      try {
        this.follow(route, event, clockMs);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const { ruleId } = route.entry;
        this.effects.push({ kind: 'poison', ruleId, eventRef: eventRef(event), message });
      }
    }
  }

  /**
   * Fires everything of the slot that is due at the clock; under the stream clock, where deadlines take their turns
   * between events, up to `dueMs` only.
   */
  fire(slot: Slot, clockMs: number, dueMs = clockMs): void {
    const entry = this.ruleSet.entryOf(slot);
    if (!entry) return;
    const record = this.record(namedSlot(slot));
    const { deadline, window, sequence } = record.parts;
    const context = this.context(slot, entry, clockMs, dueMs);
    const versions = this.versionsFor(entry, true);
    record.changed = true;
    if (deadline) record.plans.deadline = deadlineFire(deadline, versions.deadline, context);
    if (window) record.plans.window = gatherFire(window, versions.window, context);
    if (sequence) record.plans.sequence = gatherFire(sequence, versions.sequence, context);
  }

  /** When the slot must be fired next, by what this run knows; null: never, or not touched here. */
  nextTimer(id: string): number | null {
    const record = this.records.get(id);
    return record ? planOf(record).fireAtMs : null;
  }

  *changedStates(): Iterable<ChangedSlot> {
    for (const [id, record] of this.records) {
      if (!record.changed) continue;
      const { fireAtMs, sweepAfterMs } = planOf(record);
      yield { slot: record.slot, id, json: closeRecord(record), fireAtMs, sweepAfterMs };
    }
  }

  private follow(route: Route, event: DomainEvent, clockMs: number): void {
    const { entry, key, slot } = route;
    const { detector, version } = entry.current;
    if (key === undefined) {
      const { ruleId } = entry;
      this.effects.push({ kind: 'undecidable', ruleId, path: detector.spec.byPath });
      return;
    }
    if (detector.type === 'event' && route.opens && detector.event === event.type) {
      const { ruleNo, lane } = entry;
      const context = this.context({ ruleNo, lane, key }, entry, clockMs, clockMs, this.emitFirst);
      lookAtEvent(detector, event, version, context);
    }
    if (slot) this.touch(slot, route, event, clockMs);
  }

  private touch(slot: NamedSlot, route: Route, event: DomainEvent, clockMs: number): void {
    const { entry } = route;
    const record = this.record(slot);
    const context = this.context(slot, entry, clockMs);
    const versions = this.versionsFor(entry, route.opens);
    const { parts, plans } = record;
    record.changed = true;
    if (parts.deadline ?? versions.types.has('deadline')) {
      parts.deadline ??= emptyDeadlineState();
      plans.deadline = deadlineOnEvent(parts.deadline, event, versions.deadline, context);
    }
    if (parts.window ?? versions.types.has('window')) {
      parts.window ??= emptyGatheredState();
      plans.window = gatherOnEvent(parts.window, event, versions.window, context);
    }
    if (parts.sequence ?? versions.types.has('sequence')) {
      parts.sequence ??= emptyGatheredState();
      plans.sequence = gatherOnEvent(parts.sequence, event, versions.sequence, context);
    }
  }

  private record(slot: NamedSlot): SlotRecord {
    let record = this.records.get(slot.id);
    if (!record) {
      record = openRecord(slot, this.states.get(slot.id) ?? null);
      this.records.set(slot.id, record);
    }
    return record;
  }

  private context(
    slot: Slot,
    entry: RuleSetEntry,
    clockMs: number,
    dueMs = clockMs,
    emit = this.emit,
  ): SlotContext {
    return new RunContext(this.shared, slot, entry, clockMs, dueMs, emit);
  }

  private repeatState(of: Slot, value: string, entry: RuleSetEntry, clockMs: number): RepeatState {
    const record = this.record(namedSlot(repeatSlot(of, value)));
    record.changed = true;
    const state = (record.parts.repeat ??= emptyRepeatState());
    const { spec } = entry.current.detector;
    const repeat = 'repeat' in spec ? spec.repeat : null;
    const sweepAfterMs = repeat ? pruneRepeat(state, repeat, clockMs) : clockMs;
    record.plans.repeat = { fireAtMs: null, sweepAfterMs };
    return state;
  }

  private versionsFor(entry: RuleSetEntry, opens: boolean): EntryVersions {
    const known = opens ? this.openVersions : this.closedVersions;
    let versions = known.get(entry);
    if (!versions) {
      versions = entryVersions(entry, opens);
      known.set(entry, versions);
    }
    return versions;
  }
}

interface SharedContext {
  readonly latenessMs: SlotContext['latenessMs'];
  readonly repeatState: (
    of: Slot,
    value: string,
    entry: RuleSetEntry,
    clockMs: number,
  ) => RepeatState;
}

/** One is made for every event of every slot: a class, since closures of its own would cost as much again. */
class RunContext implements SlotContext {
  readonly ruleId: string;
  readonly latenessMs: SlotContext['latenessMs'];

  constructor(
    private readonly shared: SharedContext,
    readonly slot: Slot,
    private readonly entry: RuleSetEntry,
    readonly clockMs: number,
    readonly dueMs: number,
    readonly emit: (effect: Effect) => void,
  ) {
    this.ruleId = entry.ruleId;
    this.latenessMs = shared.latenessMs;
  }

  repeatState(value: string): RepeatState {
    return this.shared.repeatState(this.slot, value, this.entry, this.clockMs);
  }
}

interface EntryVersions {
  /** Detect types that take something new. */
  readonly types: ReadonlySet<string>;
  readonly deadline: DeadlineVersions;
  readonly window: GatherVersions;
  readonly sequence: GatherVersions;
}

function entryVersions(entry: RuleSetEntry, opens: boolean): EntryVersions {
  const rules = new Map(versionsOf(entry).map((rule) => [rule.version, rule.detector]));
  const { current } = entry;
  const deadlineOf = (version: number) => {
    const detector = rules.get(version);
    return detector?.type === 'deadline' ? detector.spec : undefined;
  };
  const gatherOf =
    (type: 'window' | 'sequence') =>
    (version: number): GatherSpec | undefined => {
      const detector = rules.get(version);
      return detector?.type === type ? detector : undefined;
    };
  const isCurrent = (type: string) => opens && current.detector.type === type;
  const spec = deadlineOf(current.version);
  return {
    types: new Set(opens ? [current.detector.type] : []),
    deadline: {
      current: isCurrent('deadline') && spec ? { version: current.version, spec } : null,
      specOf: deadlineOf,
      rolesOf: remembered((type) => {
        let roles = 0;
        for (const version of rules.keys()) roles |= deadlineOf(version)?.roles.get(type) ?? 0;
        return roles;
      }),
    },
    window: { current: isCurrent('window') ? current.version : null, specOf: gatherOf('window') },
    sequence: {
      current: isCurrent('sequence') ? current.version : null,
      specOf: gatherOf('sequence'),
    },
  };
}

function remembered(compute: (key: string) => number): (key: string) => number {
  const known = new Map<string, number>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}
