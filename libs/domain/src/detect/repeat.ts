import type { RepeatSpec } from './compiled-repeat';
import type { BuiltIncident, Miss, RepeatState } from './repeat-state';
import { RETENTION_MS, type SlotContext } from './slot-context';

/** Counts a miss by the value its rule names. A miss without that value is undecidable, and counts for nothing. */
export function countMiss(miss: Miss, spec: RepeatSpec, context: SlotContext): Miss | undefined {
  const value = spec.valueOf(miss.reading);
  if (value !== undefined) return addMiss(context.repeatState(value), miss, spec);
  context.emit({ kind: 'undecidable', ruleId: context.ruleId, path: spec.path });
  return undefined;
}

/**
 * Counts a miss. Answers the miss an incident is made of, the last of `times` misses within `over`, if the new
 * one completes such a run; those misses are then used up (RULES.md, Edges: repeat).
 */
function addMiss(state: RepeatState, miss: Miss, spec: RepeatSpec): Miss | undefined {
  const { misses } = state;
  misses.push(miss);
  misses.sort(byInstant);
  const position = misses.indexOf(miss);
  for (let last = position; last < position + spec.times; last += 1) {
    const first = last - spec.times + 1;
    const [from, to] = [misses[first], misses[last]];
    if (!from || !to || first > position) continue;
    if (to.at - from.at >= spec.overMs) continue;
    const used = misses.splice(first, spec.times);
    state.built.push({
      at: to.at,
      key: to.key,
      occurrence: to.occurrence,
      misses: used.map(missRef),
      refuted: false,
    });
    return { ...to, evidence: used.flatMap((one) => one.evidence) };
  }
  return undefined;
}

/** The incident that was made of this miss, if one was. */
export function builtOn(
  { built }: RepeatState,
  { key, occurrence }: { readonly key: string; readonly occurrence: string },
): BuiltIncident | undefined {
  return built.find((one) => one.key === key && one.occurrence === occurrence);
}

/** Takes a refuted miss back. Answers the incident built on it, once. */
export function refuteMiss(
  state: RepeatState,
  miss: { readonly key: string; readonly occurrence: string },
): BuiltIncident | undefined {
  const ref = missRef(miss);
  state.misses = state.misses.filter((one) => missRef(one) !== ref);
  const built = state.built.find((one) => !one.refuted && one.misses.includes(ref));
  if (built) built.refuted = true;
  return built;
}

/** Forgets what no later miss can meet. Answers the instant after which the whole counter may go. */
export function pruneRepeat(state: RepeatState, spec: RepeatSpec, clockMs: number): number {
  const horizonMs = spec.overMs + RETENTION_MS;
  state.misses = state.misses.filter((miss) => miss.at >= clockMs - horizonMs);
  state.built = state.built.filter((built) => built.at >= clockMs - horizonMs);
  const times = [...state.misses, ...state.built].map((one) => one.at);
  return Math.max(clockMs, ...times) + horizonMs;
}

function missRef(miss: { readonly key: string; readonly occurrence: string }): string {
  return `${miss.key}|${miss.occurrence}`;
}

function byInstant(a: Miss, b: Miss): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.order[0] !== b.order[0]) return a.order[0] - b.order[0];
  return a.order[1] < b.order[1] ? -1 : 1;
}
