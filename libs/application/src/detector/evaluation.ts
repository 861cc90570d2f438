import {
  DetectRun,
  fanOutTo,
  slotId,
  type ChangedSlot,
  type DomainEvent,
  type Effect,
  type EventDetector,
  type FanOut,
  type Poison,
  type Route,
  type Slot,
} from '@amends/domain';
import type { DetectStates } from './detect-states';
import type { ActiveFanOut, LoadedRules } from './loaded-rules';

/** An effect with what the shell has to know about the moment it was found. */
export interface NotedEffect {
  readonly effect: Exclude<Effect, Poison>;
  /** Epoch ms; the instant of detection and decision. */
  readonly clockMs: number;
  /** How many records of the batch had been read by then. */
  readonly readCount: number;
}

/** A rule that threw, on an event or when a slot fired: to be evaluated again without it. */
export interface Poisoned {
  /** What is left out the next time. */
  readonly key: string;
  readonly ruleId: string;
  readonly message: string;
  /** The record it threw on; null for a timer. */
  readonly index: number | null;
  /** The slot that could not fire; null for an event. */
  readonly slot: Slot | null;
}

export interface Moment {
  /** What the engine is told the clock is: how far everything has been read. */
  readonly engineClockMs: number;
  readonly clockMs: number;
  readonly readCount: number;
  /** Under the stream clock, the instant whose turn it is: nothing later fires yet. */
  readonly dueMs?: number;
}

/**
 * One evaluation of a batch in memory. It can be thrown away and made anew from the same states: that is
 * how a rule that threw leaves no trace.
 */
export class Evaluation {
  readonly noted: NotedEffect[] = [];
  readonly poisoned: Poisoned[] = [];
  private readonly run: DetectRun;
  /** Triggers of this batch: events that follow them are arrivals. */
  private readonly newFanOuts: ActiveFanOut[] = [];

  constructor(
    private readonly rules: LoadedRules,
    states: DetectStates,
    accountLatenessMs: number,
    /** Keys of what threw before: it does not see the event, or does not fire, this time. */
    private readonly poison: ReadonlySet<string>,
  ) {
    this.run = new DetectRun(rules.ruleSet, states, { accountLatenessMs });
  }

  onEvent(event: DomainEvent, routes: readonly Route[], index: number, moment: Moment): void {
    const seeing =
      this.poison.size === 0
        ? routes
        : routes.filter(({ entry }) => !this.poison.has(eventKey(index, entry.ruleId)));
    this.run.onEvent(event, seeing, moment.engineClockMs);
    this.offerToFanOuts(event, index, moment.engineClockMs);
    this.drain(moment, index);
  }

  /** Fires what is due of the slots at the moment, in the order of RULES.md. */
  fire(slots: readonly Slot[], moment: Moment): void {
    for (const slot of slots) this.fireOne(slot, moment);
    this.drain(moment, null);
  }

  nextTimer(slot: Slot): number | null {
    return this.run.nextTimer(slotId(slot));
  }

  changedSlots(): Iterable<ChangedSlot> {
    return this.run.changedStates();
  }

  private offerToFanOuts(event: DomainEvent, index: number, clockMs: number): void {
    const active = this.rules.fanOuts.get(event.type) ?? [];
    if (active.length + this.newFanOuts.length === 0) return;
    for (const { ruleId, detector, fanOut } of [...active, ...this.newFanOuts]) {
      // Nothing is waited for any more: its time is over.
      if (clockMs > fanOut.toMs || this.poison.has(eventKey(index, ruleId))) continue;
      try {
        const effect = fanOutTo(detector, fanOut, event, clockMs);
        if (effect !== null) this.run.effects.push(effect);
      } catch (error) {
        this.poisonedOn(index, ruleId, messageOf(error));
      }
    }
  }

  private fireOne(slot: Slot, { engineClockMs, dueMs = engineClockMs }: Moment): void {
    const key = slotKey(slot);
    if (this.poison.has(key)) return;
    const ruleId = this.rules.ruleSet.entryOf(slot)?.ruleId ?? '';
    try {
      this.run.fire(slot, engineClockMs, dueMs);
      const nextMs = this.nextTimer(slot);
      // It would be due again at once, for ever.
      if (nextMs !== null && nextMs <= dueMs) throw new Error('the timer does not move on');
    } catch (error) {
      this.poisoned.push({ key, ruleId, message: messageOf(error), index: null, slot });
    }
  }

  private poisonedOn(index: number, ruleId: string, message: string): void {
    this.poisoned.push({ key: eventKey(index, ruleId), ruleId, message, index, slot: null });
  }

  private drain({ clockMs, readCount }: Moment, index: number | null): void {
    const { effects } = this.run;
    if (effects.length === 0) return;
    for (const effect of inOrder(effects.splice(0))) {
      if (effect.kind === 'poison') {
        this.poisonedOn(index ?? 0, effect.ruleId, effect.message);
        continue;
      }
      if (effect.kind === 'fan-out') this.keepFanOut(effect);
      this.noted.push({ effect, clockMs, readCount });
    }
  }

  private keepFanOut(fanOut: FanOut): void {
    const entry = this.rules.ruleSet.entryOf(fanOut);
    if (entry?.current.detector.type !== 'event') return;
    const { ruleId, current } = entry;
    this.newFanOuts.push({ id: 0n, ruleId, fanOut, detector: current.detector as EventDetector });
  }
}

function eventKey(index: number, ruleId: string): string {
  return `${String(index)}|${ruleId}`;
}

function slotKey(slot: Slot): string {
  return `slot|${slotId(slot)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Incidents of one instant go by (start time, source, id). */
function inOrder(effects: readonly Effect[]): readonly Effect[] {
  if (effects.length < 2) return effects;
  const rankOf = (effect: Effect): readonly [number, string] =>
    'order' in effect ? effect.order : [Number.NEGATIVE_INFINITY, ''];
  return [...effects].sort((a, b) => {
    const [timeA, refA] = rankOf(a);
    const [timeB, refB] = rankOf(b);
    if (timeA !== timeB) return timeA < timeB ? -1 : 1;
    if (refA === refB) return 0;
    return refA < refB ? -1 : 1;
  });
}
