import { byTimeSourceId, refOf, timeOf } from './arrivals';
import { holds } from './condition';
import { decide } from './decide';
import type { Looker } from './in-order-detector';
import { keyOf, keyText } from './key';
import { type Miss, missCounter } from './miss-counter';
import type { OracleEvent, OracleIncident, RawRule } from './model';
import type { Scope } from './scope';
import { plainMs } from './span';
import { isNamed } from './types-named';
import type { World } from './world';

/** A sequence that was completed, for whom and from which first step on. */
interface Completed {
  first: OracleEvent;
  customer: string;
  key: unknown;
}

/** The steps in this order by event time, same key, first to last `within`. */
export function sequenceDetector(world: World): Looker {
  const { detect } = world.rule;
  const incidents: OracleIncident[] = [];
  const used: OracleEvent[] = [];

  const look = (looked: OracleEvent[]): void => {
    const event = looked.at(-1);
    const key = event ? keyOf(event, detect) : undefined;
    if (!event || key === undefined) return;
    const ofKey = looked
      .filter((other) => keyText(keyOf(other, detect)) === keyText(key))
      .sort(byTimeSourceId);
    const free = ofKey.filter((other) => !used.includes(other));
    const fitting = chains(detect, free, []).filter((steps) => fits(detect, steps, ofKey));
    const chain = oldestPerLast(fitting).find(
      (steps) =>
        steps.includes(event) &&
        customerOf(steps) !== undefined &&
        holds(detect.where, scopeOf(detect, steps)),
    );
    const customer = customerOf(chain ?? []);
    if (!chain || customer === undefined) return;
    used.push(...chain);
    misses.add(missOf(detect, chain, customer, key));
  };
  const misses = missCounter<Completed>(detect, (counted) => {
    const last = counted.at(-1);
    if (!last) return;
    const { scope, atMs } = last;
    const { customer, key, first } = last.what;
    const payments = [decide(world, { scope, customer, atMs })];
    const startRef = refOf(first);
    incidents.push({ key, atMs, customer, refuted: false, closedAtMs: atMs, payments, startRef });
  });
  return { look, incidents: () => incidents };
}

/** All ways to take the steps from the events, the oldest first step first. */
function chains(detect: RawRule, events: OracleEvent[], taken: OracleEvent[]): OracleEvent[][] {
  const step = detect.steps[taken.length];
  if (step === undefined) return [taken];
  const previous = taken.at(-1);
  return events
    .filter((event) => !taken.includes(event) && isStep(detect, step, event))
    .filter((event) => !previous || timeOf(event) >= timeOf(previous))
    .flatMap((event) => chains(detect, events, [...taken, event]));
}

function isStep(detect: RawRule, step: RawRule, event: OracleEvent): boolean {
  const { event: type, where } = typeof step === 'string' ? { event: step } : step;
  return isNamed(type, event) && holds(where, { event, names: {}, lets: detect.let });
}

/** Within the span, and not broken by a cancel (ends included). */
function fits(detect: RawRule, steps: OracleEvent[], ofKey: OracleEvent[]): boolean {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) return false;
  const [fromMs, toMs] = [timeOf(first), timeOf(last)];
  const broken = ofKey.some(
    (event) => isNamed(detect.cancel, event) && timeOf(event) >= fromMs && timeOf(event) <= toMs,
  );
  return !broken && (detect.within === undefined || toMs - fromMs <= plainMs(detect.within));
}

/** For each last step the oldest steps that lead to it; `where` is looked at only then. */
function oldestPerLast(fitting: OracleEvent[][]): OracleEvent[][] {
  return fitting.filter(
    (steps, index) => fitting.findIndex((other) => other.at(-1) === steps.at(-1)) === index,
  );
}

/** "The customer must be on the event that opens or completes the incident." */
function customerOf(steps: OracleEvent[]): string | undefined {
  return steps.at(-1)?.customerid ?? steps[0]?.customerid;
}

function missOf(
  detect: RawRule,
  steps: OracleEvent[],
  customer: string,
  key: unknown,
): Miss<Completed> {
  const [first, last] = [steps[0], steps.at(-1)];
  if (!first || !last) throw new Error('a sequence has steps');
  return {
    scope: scopeOf(detect, steps),
    atMs: timeOf(last),
    start: first,
    isRefuted: () => false,
    what: { first, customer, key },
  };
}

function scopeOf(detect: RawRule, steps: OracleEvent[]): Scope {
  const last = steps.at(-1);
  if (!last) throw new Error('a sequence has steps');
  const names = Object.fromEntries(steps.map((step, index) => [`step${index + 1}`, step]));
  return { event: last, names, lets: detect.let };
}
