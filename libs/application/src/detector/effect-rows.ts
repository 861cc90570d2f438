import {
  ownDepth,
  type FanOut,
  type IncidentFound,
  type IncidentIdentity,
  type JsonObject,
} from '@amends/domain';
import { storedVars } from '../events/stored-vars';
import { derivedId, incidentNaturalKey } from '../ids/ids';
import type {
  DecisionRow,
  FanOutRow,
  IncidentClosing,
  IncidentRefutation,
  IncidentRow,
} from './detect-store';
import type { NotedEffect } from './evaluation';

/** What an evaluation found, as rows; decisions in the order in which they are to be made. */
export interface EffectRows {
  readonly incidents: IncidentRow[];
  readonly decisions: DecisionRow[];
  readonly closings: IncidentClosing[];
  readonly refutations: IncidentRefutation[];
  readonly fanOuts: FanOutRow[];
  readonly undecidable: { readonly ruleId: string; readonly path: string }[];
}

/** @param markOf the history read when so many records of the batch had been; null under the wall clock */
export function effectRows(
  noted: readonly NotedEffect[],
  markOf: (readCount: number) => bigint | null,
): EffectRows {
  const rows = new EffectRowsBuilder();
  for (const one of noted) rows.add(one, markOf(one.readCount));
  return rows;
}

export function incidentIdOf(identity: IncidentIdentity): string {
  return derivedId('inc', identity.atMs, incidentNaturalKey(identity));
}

class EffectRowsBuilder implements EffectRows {
  readonly incidents: IncidentRow[] = [];
  readonly decisions: DecisionRow[] = [];
  readonly refutations: IncidentRefutation[] = [];
  readonly fanOuts: FanOutRow[] = [];
  readonly undecidable: { ruleId: string; path: string }[] = [];
  private readonly closingOf = new Map<string, IncidentClosing>();
  private readonly customers = new Map<string, string>();

  get closings(): IncidentClosing[] {
    return [...this.closingOf.values()];
  }

  add({ effect, clockMs }: NotedEffect, historyMark: bigint | null): void {
    switch (effect.kind) {
      case 'found':
        this.addFound(effect, clockMs, historyMark);
        return;
      case 'unit': {
        const incidentId = incidentIdOf(effect.identity);
        const customerId = this.customers.get(incidentId) ?? null;
        const shared = { incidentId, customerId, clockMs, historyMark, onlyIfNew: false };
        this.decisions.push({ ...shared, kind: 'decide', ...effect.decide });
        return;
      }
      case 'closed': {
        const id = incidentIdOf(effect.identity);
        // The last closing of an incident is the one that stands.
        this.closingOf.set(id, {
          id,
          closedAtMs: effect.closedAtMs,
          ...readingTexts(effect.reading),
        });
        return;
      }
      case 'refuted': {
        const { identity, closedAtMs } = effect;
        this.refutations.push({ id: incidentIdOf(identity), closedAtMs, clockMs, historyMark });
        return;
      }
      case 'fan-out':
        this.fanOuts.push(fanOutRow(effect, clockMs, historyMark));
        return;
      case 'undecidable':
        this.undecidable.push({ ruleId: effect.ruleId, path: effect.path });
    }
  }

  private addFound(effect: IncidentFound, clockMs: number, historyMark: bigint | null): void {
    const { identity, customerId, decide } = effect;
    const id = incidentIdOf(identity);
    this.customers.set(id, customerId);
    this.incidents.push({
      id,
      ruleId: identity.ruleId,
      ruleVersion: effect.ruleVersion,
      lane: identity.lane,
      keyPath: effect.keyPath,
      key: identity.key,
      occurrence: identity.occurrence,
      customerId,
      eventTimeMs: identity.atMs,
      detectedAtMs: clockMs,
      closedAtMs: effect.closedAtMs,
      ...readingTexts(effect.reading),
      evidence: JSON.stringify(effect.evidence),
      why: JSON.stringify(effect.why),
      depth: ownDepth(effect.evidence, effect.reading.event),
    });
    if (decide === null) return;
    const shared = { incidentId: id, customerId, clockMs, historyMark, onlyIfNew: true };
    this.decisions.push({ ...shared, kind: 'decide', ...decide });
  }
}

function readingTexts(reading: { event: JsonObject; vars: JsonObject; facts: JsonObject }) {
  return {
    event: JSON.stringify(reading.event),
    vars: JSON.stringify(storedVars(reading)),
    facts: JSON.stringify(reading.facts),
  };
}

function fanOutRow(effect: FanOut, clockMs: number, historyMark: bigint | null): FanOutRow {
  return {
    ruleNo: effect.ruleNo,
    lane: effect.lane,
    version: effect.ruleVersion,
    key: effect.key,
    triggerRef: effect.triggerRef,
    triggerBody: JSON.stringify(effect.trigger),
    atMs: effect.atMs,
    sinceMs: effect.fromMs,
    untilMs: effect.toMs,
    clockMs,
    historyMark,
  };
}
