import type { Slot } from '@amends/domain';
import type { StepProbe } from '../events/steps';
import { NewRules, StaleState } from './batch-redo';
import type { ClockGroupDue, DetectStore, DetectTx, FiringClaim } from './detect-store';
import { DetectStates } from './detect-states';
import type { DetectorObserver } from './detector-observer';
import { effectRows, type EffectRows } from './effect-rows';
import { Evaluation } from './evaluation';
import { inStep } from '../queries/in-step';
import type { LoadedRules } from './loaded-rules';
import { planWrites } from './plan-writes';
import { quarantinedTimer } from './quarantine-rows';
import type { RuleSetLoader } from './rule-set-loader';
import type { UndecidableCounter } from './undecidable-counter';
import { withoutPoison } from './without-poison';
import { writeEffects, writeState } from './write-batch';

/** A set of topics that must have been read, and the next timer that waits for them. */
export interface GroupNext {
  readonly clockGroup: number;
  readonly topics: readonly string[];
  /** fire_at of the first timer at or after the lower bound asked with; null: there is none. */
  readonly nextMs: number | null;
}

/** Where timers wait. */
export abstract class TimerStore {
  /** Every group, with its next timer in the shards; `lows` bounds the scan of a group from below. */
  abstract groups(
    lows: ReadonlyMap<number, number>,
    shards: readonly number[],
  ): Promise<GroupNext[]>;
}

export interface FireTimersOptions {
  readonly store: DetectStore;
  readonly timers: TimerStore;
  /** The shards of timers that are this process's to fire. */
  readonly shards: () => readonly number[];
  /** How far a topic has been read, epoch ms; undefined: not known. */
  readonly clockOf: (topic: string) => number | undefined;
  readonly rules: RuleSetLoader;
  readonly undecidable: UndecidableCounter;
  readonly durable: boolean;
  readonly observer: DetectorObserver;
  readonly probe: StepProbe;
  /** After a transaction that asked for decisions. */
  readonly onFired: () => void;
}

const CHUNK_MAX = 1_000;
/** Transactions at a time where much is due. */
const LANES = 3;
const LONG_OVERDUE_MS = 2_000;
/** How often the lower bounds are dropped, so that a timer set in the past by anyone is found. */
const FULL_SCAN_MS = 2_000;

/** Fires what is due under the wall clock, beside the events and never in their way. */
export class FireTimers {
  private readonly lows = new Map<number, number>();
  private fullScanAtMs = 0;
  private shards: readonly number[] = [];
  /** The earliest timer set while a round ran. */
  private noticedMs = Number.POSITIVE_INFINITY;

  constructor(private readonly options: FireTimersOptions) {}

  /** A timer was set for that instant in this process: it may lie below the bounds. */
  notice(fireAtMs: number): void {
    for (const [group, lowMs] of this.lows) {
      if (fireAtMs < lowMs) this.lows.set(group, fireAtMs);
    }
    this.noticedMs = Math.min(this.noticedMs, fireAtMs);
  }

  /** One round: everything that is due now. Answers how many slots were fired. */
  async tick(): Promise<number> {
    const shards = this.options.shards();
    if (shards.length === 0) return 0;
    this.boundAnew(shards);
    let fired = 0;
    this.noticedMs = Number.POSITIVE_INFINITY;
    for (const next of await this.options.timers.groups(this.lows, shards)) {
      const { clockGroup, topics, nextMs } = next;
      const clockMs = this.clockOf(topics);
      if (clockMs === undefined) continue;
      if (nextMs !== null && nextMs <= clockMs) {
        fired += await this.fireGroup({ clockGroup, clockMs, fromMs: nextMs, shards });
      }
      // Deleted entries below need not be passed over again. Others set timers of ours, too: from the clock on.
      this.lows.set(clockGroup, Math.min(nextMs ?? clockMs, clockMs, this.noticedMs));
    }
    return fired;
  }

  private boundAnew(shards: readonly number[]): void {
    const elapsedMs = performance.now();
    const isSame = shards.join() === this.shards.join();
    this.shards = shards;
    if (isSame && elapsedMs < this.fullScanAtMs) return;
    this.lows.clear();
    this.fullScanAtMs = elapsedMs + FULL_SCAN_MS;
  }

  /** A rule's clock is that of its topic furthest behind (DESIGN.md, The clock). */
  private clockOf(topics: readonly string[]): number | undefined {
    const clocks = topics.map(this.options.clockOf);
    return clocks.includes(undefined) ? undefined : Math.min(...(clocks as number[]));
  }

  /** Where much is due, one part computes while the database works on the others. */
  private async fireGroup(group: ClockGroupDue): Promise<number> {
    let fired = 0;
    if (!isLongOverdue(group)) {
      fired = await this.fireChunk(group);
      if (fired < CHUNK_MAX) return fired;
    }
    const parts = partsOf(group.shards).map((shards) => this.fireAll({ ...group, shards }));
    const ends = await Promise.allSettled(parts);
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason;
      fired += end.value;
    }
    return fired;
  }

  private async fireAll(group: ClockGroupDue): Promise<number> {
    let fired = 0;
    for (;;) {
      const count = await this.fireChunk(group);
      fired += count;
      if (count < CHUNK_MAX) return fired;
      // Events come first.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** One transaction, done again while others are in the way. */
  private async fireChunk(group: ClockGroupDue): Promise<number> {
    const { store, durable, observer, rules: loader, undecidable, probe } = this.options;
    let overtaken: Slot[] | undefined;
    for (;;) {
      const rules = await loader.current();
      try {
        const done = await store.transaction((tx) => fire(tx, group, { rules, probe, overtaken }), {
          durable,
          onRedo: (reason) => observer.onRedo?.(reason),
        });
        if (done === undefined) return 0;
        if (done.movedMs !== null) this.notice(done.movedMs);
        probe('timer.after-commit');
        undecidable.add(done.rows.undecidable);
        observer.onIncidents?.('opened', done.opened);
        observer.onIncidents?.('closed', done.closed);
        observer.onIncidents?.('refuted', done.refuted);
        observer.onTimersFired?.(done.count, done.lagMs);
        if (done.rows.decisions.length + done.rows.refutations.length > 0) this.options.onFired();
        return done.count;
      } catch (error) {
        if (error instanceof StaleState) {
          observer.onRedo?.('stale_state');
          overtaken = [...(overtaken ?? []), ...error.slots];
        } else if (error instanceof NewRules) {
          observer.onRedo?.('rules');
          await loader.atLeast(error.generation);
        } else throw error;
      }
    }
  }
}

/** It waited for the clock, and much else with it: whether there is a whole chunk need not be tried. */
function isLongOverdue({ clockMs, fromMs }: ClockGroupDue): boolean {
  return fromMs !== null && clockMs - fromMs > LONG_OVERDUE_MS;
}

function partsOf(shards: readonly number[]): number[][] {
  const parts = Array.from({ length: Math.min(LANES, shards.length) }, (): number[] => []);
  shards.forEach((shard, index) => parts[index % parts.length]?.push(shard));
  return parts;
}

interface FireContext {
  readonly rules: LoadedRules;
  readonly probe: StepProbe;
  readonly overtaken: readonly Slot[] | undefined;
}

interface Fired {
  readonly count: number;
  readonly lagMs: number;
  /** The first that was put into another clock group; null: none was. */
  readonly movedMs: number | null;
  readonly rows: EffectRows;
  readonly opened: number;
  readonly closed: number;
  readonly refuted: number;
}

async function fire(
  tx: DetectTx,
  group: ClockGroupDue,
  { rules, probe, overtaken }: FireContext,
): Promise<Fired | undefined> {
  const { clockMs } = group;
  // What has long been due is hardly touched by events any more: a third of the claim's time is its locks.
  const lock = overtaken !== undefined || !isLongOverdue(group);
  const due = await tx.claimDue({ ...group, lock }, CHUNK_MAX);
  const { generation, nowMs } = due;
  if (due.claimed.length === 0) return undefined;
  if (generation !== rules.generation) throw new NewRules(generation);
  probe('timer.after-claim');
  const claimed = due.claimed.filter(({ slot }) => isOfGroup(slot, group, rules));
  // A timer that is put elsewhere has no revision of its own: only the lock keeps a batch from ending it meanwhile.
  if (claimed.length < due.claimed.length && !lock) throw new StaleState([]);
  const movedMs = await regroup(tx, due, group, rules);

  const states = new DetectStates(tx, rules, overtaken !== undefined);
  for (const { slot, stored } of claimed) states.put(slot, stored);
  await states.loadLinked(claimed.map(({ slot }) => ({ slot, events: [] })));
  await states.read(overtaken ?? []);

  const isOwned = (slot: Slot): boolean => rules.ruleSet.entryOf(slot) !== undefined;
  const { evaluation, poisoned } = withoutPoison((poison) => {
    const round = new Evaluation(rules, states, rules.latenessMs, poison);
    const moment = { engineClockMs: clockMs, clockMs: nowMs, readCount: 0 };
    for (const slots of byInstant(claimed)) round.fire(slots.filter(isOwned), moment);
    return round;
  });
  const broken = poisoned.flatMap((one) => (one.slot === null ? [] : [one]));
  const writes = planWrites(evaluation.changedSlots(), states, rules, {
    untilMs: clockMs,
    broken: broken.flatMap(({ slot }) => slot ?? []),
    ownerless: claimed.flatMap(({ slot }) => (isOwned(slot) ? [] : [slot])),
    isRedo: overtaken !== undefined,
  });
  const rows = effectRows(evaluation.noted, () => null);
  const [, counts] = await inStep(writeState(tx, writes), writeEffects(tx, rows));
  if (broken.length > 0) await tx.quarantine(broken.map((one) => quarantinedTimer(one, nowMs)));
  probe('timer.before-commit');
  const firstMs = Math.min(...claimed.map(({ stored }) => stored.fireAtMs ?? clockMs));
  return { count: due.claimed.length, lagMs: nowMs - firstMs, movedMs, rows, ...counts };
}

/**
 * A timer that was stored before the topics of its rule changed waits for the wrong ones: it is put
 * into its group of today, and fires with that. The rules are those of the generation that was read
 * after the clock, so what goes to a topic of a later map came after this clock.
 */
async function regroup(
  tx: DetectTx,
  { claimed }: FiringClaim,
  group: ClockGroupDue,
  rules: LoadedRules,
): Promise<number | null> {
  const moved = claimed.flatMap(({ slot, stored: { fireAtMs } }) =>
    fireAtMs === null || isOfGroup(slot, group, rules)
      ? []
      : [{ slot, fireAtMs, clockGroup: rules.clockGroupOf(slot) }],
  );
  if (moved.length === 0) return null;
  await tx.writeTimers([], moved, []);
  return Math.min(...moved.map(({ fireAtMs }) => fireAtMs));
}

/** What no rule owns any more is cleared away by whoever finds it. */
function isOfGroup(slot: Slot, { clockGroup }: ClockGroupDue, rules: LoadedRules): boolean {
  const isOwned = rules.ruleSet.entryOf(slot) !== undefined;
  return !isOwned || rules.clockGroupOf(slot) === clockGroup;
}

/** Slots in due order; those of one instant together. */
function byInstant(claimed: FiringClaim['claimed']): Slot[][] {
  const instants = new Map<number, Slot[]>();
  for (const { slot, stored } of claimed) {
    const atMs = stored.fireAtMs ?? 0;
    const known = instants.get(atMs);
    if (known === undefined) instants.set(atMs, [slot]);
    else known.push(slot);
  }
  return [...instants].sort(([a], [b]) => a - b).map(([, slots]) => slots);
}
