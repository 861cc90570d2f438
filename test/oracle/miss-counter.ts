import { keyText, scalar } from './key';
import type { OracleEvent, RawRule } from './model';
import { lookup, type Scope } from './scope';
import { plainMs } from './span';
import { byDueOrder } from './timer';

/** A deadline passed or a sequence completed, before `repeat` has had its say. */
export interface Miss<T> {
  scope: Scope;
  atMs: number;
  start: OracleEvent;
  isRefuted: () => boolean;
  what: T;
}

/** `repeat`: only every nth miss within a span for a key is an incident. */
export interface MissCounter<T> {
  add: (miss: Miss<T>) => void;
}

/**
 * Counts the misses of one rule and tells which make an incident, the last of them at the end.
 * Without `repeat` each does. Only spans that hold the new miss are looked at, by their end.
 */
export function missCounter<T>(
  detect: RawRule,
  onIncident: (misses: Miss<T>[]) => void,
): MissCounter<T> {
  const { repeat } = detect;
  const waiting: { miss: Miss<T>; key: string; used: boolean }[] = [];
  const add = (miss: Miss<T>): void => {
    if (!repeat) return onIncident([miss]);
    const key = scalar(lookup(miss.scope, repeat.by ?? detect.by ?? 'subject'));
    if (key === undefined) return;
    const added = { miss, key: keyText(key), used: false };
    waiting.push(added);
    const free = waiting
      .filter((one) => one.key === added.key && !one.used && !one.miss.isRefuted())
      .sort((a, b) => byDueOrder(a.miss, b.miss));
    for (const end of free) {
      const fromMs = repeat.over === undefined ? -Infinity : end.miss.atMs - plainMs(repeat.over);
      const recent = free.slice(0, free.indexOf(end) + 1).filter((one) => one.miss.atMs > fromMs);
      if (!recent.includes(added) || recent.length < repeat.times) continue;
      for (const one of recent) one.used = true;
      return onIncident(recent.map((one) => one.miss));
    }
  };
  return { add };
}
