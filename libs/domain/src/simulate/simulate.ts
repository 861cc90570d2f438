import {
  type CompiledRule,
  DetectRun,
  type Effect,
  eventRef,
  type FanOut,
  fanOutPage,
  fanOutTo,
  type IncidentIdentity,
  inOrder,
  parseSlotId,
  slotId,
} from '../detect';
import type { DomainEvent } from '../event';
import type { Json, JsonObject } from '../json';
import { buildRuleSet, type RuleSet } from '../rule-set';
import { InMemoryRemedy, type SimulatedPayment } from './in-memory-remedy';
import { resultOf, type Steps } from './steps';
import { toEvent } from './to-event';

export interface SimulatedIncident {
  /** Value of `by`. */
  readonly key: unknown;
  /** The incident's time. */
  readonly atMs: number;
  readonly customer: string;
  readonly refuted: boolean;
  readonly closedAtMs: number | null;
  readonly payments: readonly SimulatedPayment[];
  /** source|id of the event that gives it its identity, where the key alone does not. */
  readonly startRef?: string;
  readonly facts: JsonObject;
}

export interface SimulateOptions {
  readonly untilMs: number;
  /** Events per run; the outcome does not depend on it. */
  readonly batchSize?: number;
  /** Counted by rule and path: evaluations that could not be made. */
  readonly onUndecidable?: (path: string) => void;
}

/**
 * Plays a list of events, in order of arrival, through one rule under the clock of RULES.md, tests: the clock is the
 * furthest event time so far, and before an event is read all deadlines earlier than it fire.
 */
export function simulate(
  rule: CompiledRule,
  arrivals: readonly (JsonObject | object)[],
  options: SimulateOptions,
): SimulatedIncident[] {
  return resultOf(simulateSteps(rule, arrivals, options));
}

/** The same in small steps, one for each event and each timer: for those who must not be kept. */
export function* simulateSteps(
  rule: CompiledRule,
  arrivals: readonly (JsonObject | object)[],
  options: SimulateOptions,
): Steps<SimulatedIncident[]> {
  const simulation = new Simulation(rule, options);
  for (const arrival of arrivals) {
    const event = toEvent(arrival as JsonObject);
    if (event) yield* simulation.read(event);
    yield;
  }
  yield* simulation.advanceTo(options.untilMs);
  return simulation.incidents();
}

interface Told {
  readonly identity: IncidentIdentity;
  readonly customer: string;
  refuted: boolean;
  closedAtMs: number | null;
  facts: JsonObject;
  readonly payments: SimulatedPayment[];
}

const RULE_NO = 1;

class Simulation {
  private readonly ruleSet: RuleSet;
  private readonly states = new Map<string, string | null>();
  private readonly timers = new Map<string, number>();
  private nextFireMs = Infinity;
  private readonly history: DomainEvent[] = [];
  private readonly bodies = new Map<string, string>();
  private readonly told = new Map<string, Told>();
  private readonly fanOuts: FanOut[] = [];
  private readonly remedy: InMemoryRemedy;
  private run: DetectRun;
  private inRun = 0;
  private clockMs = -Infinity;

  constructor(
    private readonly rule: CompiledRule,
    private readonly options: SimulateOptions,
  ) {
    const { id } = rule.document;
    this.ruleSet = buildRuleSet([
      { ruleId: id, ruleNo: RULE_NO, lane: 'live', current: rule, draining: [] },
    ]);
    this.remedy = new InMemoryRemedy(rule.decision, this.history);
    this.run = this.newRun();
  }

  /** An event whose (source, id) is known is the same again, or, with another body, set aside. */
  *read(event: DomainEvent): Steps<void> {
    const ref = eventRef(event);
    const body = JSON.stringify(event.json);
    if ((this.bodies.get(ref) ?? body) !== body) return;
    const untilMs = Math.max(this.clockMs, event.timeMs);
    yield* this.fireWhile((fireAtMs) => fireAtMs < untilMs);
    this.clockMs = untilMs;
    if (!this.bodies.has(ref)) this.history.push(event);
    this.bodies.set(ref, body);
    const routes = this.ruleSet.route(event);
    this.run.onEvent(event, routes, this.clockMs);
    for (const { slot } of routes) if (slot) this.noteTimer(slotId(slot));
    for (const fanOut of this.fanOuts) {
      if (this.clockMs <= fanOut.toMs) this.fanOutTo(fanOut, event);
    }
    this.take();
    this.inRun += 1;
    if (this.inRun >= (this.options.batchSize ?? Infinity)) this.endRun();
  }

  *advanceTo(untilMs: number): Steps<void> {
    yield* this.fireWhile((fireAtMs) => fireAtMs <= untilMs || fireAtMs < this.clockMs);
    this.clockMs = Math.max(this.clockMs, untilMs);
  }

  incidents(): SimulatedIncident[] {
    return [...this.told.values()].map(({ identity, ...told }) => ({
      ...told,
      key: JSON.parse(identity.key) as Json,
      atMs: identity.atMs,
      ...(identity.occurrence === '' ? {} : { startRef: identity.occurrence }),
    }));
  }

  private *fireWhile(isDue: (fireAtMs: number) => boolean): Steps<void> {
    for (;;) {
      const fireAtMs = this.nextFireMs;
      if (!isDue(fireAtMs) || fireAtMs === Infinity) return;
      this.clockMs = Math.max(this.clockMs, fireAtMs);
      for (const [id, at] of [...this.timers]) {
        if (at !== fireAtMs) continue;
        this.run.fire(parseSlotId(id), this.clockMs, fireAtMs);
        this.noteTimer(id);
        yield;
      }
      this.nextFireMs = Infinity;
      for (const at of this.timers.values()) this.nextFireMs = Math.min(this.nextFireMs, at);
      this.take();
    }
  }

  private noteTimer(id: string): void {
    const next = this.run.nextTimer(id);
    if (next === null) this.timers.delete(id);
    else this.timers.set(id, next);
    // Never later than the earliest timer; earlier only until the next look.
    this.nextFireMs = Math.min(this.nextFireMs, next ?? Infinity);
  }

  private newRun(): DetectRun {
    return new DetectRun(this.ruleSet, this.states, { accountLatenessMs: 0 });
  }

  private endRun(): void {
    for (const { id, json } of this.run.changedStates()) this.states.set(id, json);
    this.run = this.newRun();
    this.inRun = 0;
  }

  private take(): void {
    const effects = this.run.effects.splice(0);
    for (const effect of inOrder(effects)) this.apply(effect);
  }

  private apply(effect: Effect): void {
    switch (effect.kind) {
      case 'found':
        return this.found(effect);
      case 'unit': {
        const told = this.told.get(idOf(effect.identity));
        if (told && !told.refuted) this.decide(told, effect);
        return;
      }
      case 'closed': {
        const told = this.told.get(idOf(effect.identity));
        if (!told) return;
        told.closedAtMs = effect.closedAtMs;
        told.facts = effect.reading.facts;
        return;
      }
      case 'refuted': {
        const told = this.told.get(idOf(effect.identity));
        if (!told) return;
        told.refuted = true;
        told.closedAtMs = effect.closedAtMs;
        return this.remedy.withdraw(idOf(effect.identity));
      }
      case 'fan-out':
        if (this.fanOuts.some((one) => one.triggerRef === effect.triggerRef)) return;
        this.fanOuts.push(effect);
        return this.fanOutToAll(effect);
      case 'undecidable':
        return this.options.onUndecidable?.(effect.path);
      case 'poison':
        throw new Error(`rule ${effect.ruleId} threw: ${effect.message}`);
    }
  }

  private found(effect: Effect & { readonly kind: 'found' }): void {
    const id = idOf(effect.identity);
    if (this.told.has(id)) return;
    const told: Told = {
      identity: effect.identity,
      customer: effect.customerId,
      refuted: false,
      closedAtMs: effect.closedAtMs,
      facts: effect.reading.facts,
      payments: [],
    };
    this.told.set(id, told);
    if (effect.decide) this.decide(told, { ...effect, decide: effect.decide });
  }

  private decide(
    told: Told,
    { reading, decide, clockMs }: Pick<Effect & { kind: 'unit' }, 'reading' | 'decide' | 'clockMs'>,
  ): void {
    const ref = idOf(told.identity);
    told.payments.push(this.remedy.decide(ref, told.customer, reading, decide, clockMs));
  }

  private fanOutToAll(fanOut: FanOut): void {
    const { detector } = this.rule;
    if (detector.type !== 'event') return;
    const effects = fanOutPage(detector, fanOut, this.history, this.clockMs);
    for (const effect of effects) this.apply(effect);
  }

  private fanOutTo(fanOut: FanOut, event: DomainEvent): void {
    const { detector } = this.rule;
    if (detector.type !== 'event') return;
    const effect = fanOutTo(detector, fanOut, event, this.clockMs);
    if (effect) this.apply(effect);
  }
}

function idOf({ lane, key, occurrence }: IncidentIdentity): string {
  return JSON.stringify([lane, key, occurrence]);
}
