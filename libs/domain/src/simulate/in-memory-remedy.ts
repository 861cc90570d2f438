import {
  assess,
  type CompiledDecision,
  type CompiledSkip,
  conclude,
  type DecisionIncident,
  type SkipLookup,
} from '../decision';
import type { DecisionRequest, IncidentReading } from '../detect';
import type { DomainEvent } from '../event';
import type { LimitEntry, LimitQuery } from '../limits';
import { formatMoney } from '../values';

/** What one decision came to. */
export interface SimulatedPayment {
  readonly atMs: number;
  readonly outcome: 'paid' | 'nothing' | 'skipped' | 'review';
  /** `15.00 GBP`; absent where no sum is owed. */
  readonly amount?: string;
  /** The accrual unit, where each is decided by itself. */
  readonly unit?: number;
}

interface Reserved {
  readonly guard: string;
  readonly entry: LimitEntry;
}

/**
 * Decides in memory as the live service does, with history and counters of its own: for rule tests and replays.
 * Nothing is held out, no budget and no hold stands in the way.
 */
export class InMemoryRemedy {
  private readonly entries = new Map<string, LimitEntry[]>();
  private readonly waiting = new Map<string, Reserved[]>();

  constructor(
    private readonly rule: CompiledDecision,
    private readonly history: readonly DomainEvent[],
  ) {}

  /**
   * @param ref names the incident, so that a refutation can free what it reserved
   * @param clockMs the clock at the decision: `skip_if` looks back from it
   */
  decide(
    ref: string,
    customerId: string,
    reading: IncidentReading,
    request: DecisionRequest,
    clockMs: number,
  ): SimulatedPayment {
    const incident: DecisionIncident = {
      ruleId: this.rule.ruleId,
      version: 1,
      customerId,
      atMs: request.atMs,
      ...reading,
      ...(request.units === null ? {} : { units: BigInt(request.units) }),
    };
    const base = { atMs: request.atMs, ...(request.unit > 0 ? { unit: request.unit } : {}) };
    const skips = this.rule.skips.map((skip) => this.lookUp(skip, reading, clockMs));
    const assessment = assess(this.rule, incident, skips, 100);
    if (assessment.kind === 'end') {
      return { ...base, outcome: assessment.outcome === 'skipped' ? 'skipped' : 'nothing' };
    }
    const usages = assessment.limits.map((query) => this.entries.get(guardOf(query)) ?? []);
    const { outcome, money, reserve } = conclude(assessment, usages);
    if (outcome === 'skipped') return { ...base, outcome };
    const entry = {
      atMs: request.atMs,
      minor: money?.minor ?? 0n,
      currency: money?.currency ?? null,
    };
    const reserved = reserve.map((subject) => ({ guard: guardOf(subject), entry }));
    for (const { guard } of reserved)
      this.entries.set(guard, [...(this.entries.get(guard) ?? []), entry]);
    const amount = money ? { amount: formatMoney(money) } : {};
    if (outcome === 'pay') return { ...base, outcome: money ? 'paid' : 'nothing', ...amount };
    this.waiting.set(ref, [...(this.waiting.get(ref) ?? []), ...reserved]);
    return { ...base, outcome, ...amount };
  }

  /** Withdraws what waits for a person: its reservations are freed. What is paid stays paid. */
  withdraw(ref: string): void {
    for (const { guard, entry } of this.waiting.get(ref) ?? []) {
      this.entries.set(
        guard,
        (this.entries.get(guard) ?? []).filter((one) => one !== entry),
      );
    }
    this.waiting.delete(ref);
  }

  private lookUp(skip: CompiledSkip, reading: IncidentReading, clockMs: number): SkipLookup {
    const wanted = skip.readSame(reading);
    if (wanted === undefined) return { index: skip.index, hit: 'absent' };
    const hit = this.history.some((event) => {
      if (event.type !== skip.event || event.timeMs > clockMs) return false;
      if (event.timeMs <= clockMs - skip.overMs) return false;
      const scope = { event: event.json, vars: {}, facts: {} };
      if (skip.readSame(scope) !== wanted) return false;
      return !skip.where || skip.where.test(scope) === 'true';
    });
    return { index: skip.index, hit };
  }
}

function guardOf({ scope, per, subject }: Pick<LimitQuery, 'scope' | 'per' | 'subject'>): string {
  return JSON.stringify([scope, per, subject]);
}
