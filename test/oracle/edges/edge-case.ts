import type { OracleIncident, RawRule } from '../model';
import { instantAt } from '../written-test';

/** One hand-made case: the sentence of RULES.md it comes from, and what must come out. */
export interface EdgeCase {
  sentence: string;
  name: string;
  rule: RawRule;
  events: RawRule[];
  until: string;
  /** One line per incident, as `summary` writes it. */
  expect: string[];
  calendars?: Record<string, RawRule>;
}

/** An event of customer `c` and key `k`, unless told otherwise. */
export function e(at: string, type: string, data: RawRule = {}, more: RawRule = {}): RawRule {
  return { at, type, customerid: 'c', data: { k: 'k', ...data }, ...more };
}

/** A rule that pays 5 EUR, unless told otherwise. */
export function rule(detect: RawRule, more: RawRule = {}): RawRule {
  return {
    kind: 'Rule',
    id: 'edge',
    title: 'Edge',
    labels: { team: 'edge' },
    detect: { by: 'data.k', ...detect },
    pay: { as: 'credit', amount: { fixed: '5.00 EUR' } },
    message: { template: 'edge', channels: ['email'] },
    ...more,
  };
}

/** `start` opens, `done` is expected within two hours. */
export function deadline(detect: RawRule = {}, more: RawRule = {}): RawRule {
  return rule({ type: 'deadline', start: 'start', expect: 'done', due: '2h', ...detect }, more);
}

/** Two of `bad` within two hours. */
export function window(detect: RawRule = {}, more: RawRule = {}): RawRule {
  const base = { type: 'window', event: 'bad', over: '2h', measure: 'count', is: { gte: 2 } };
  return rule({ ...base, ...detect }, more);
}

/** `first`, then `last`, within two hours. */
export function sequence(detect: RawRule = {}, more: RawRule = {}): RawRule {
  return rule({ type: 'sequence', steps: ['first', 'last'], within: '2h', ...detect }, more);
}

/** Each `bad`. */
export function event(detect: RawRule = {}, more: RawRule = {}): RawRule {
  return rule({ type: 'event', event: 'bad', ...detect }, more);
}

/** `c 2h closed 3h: 5.00 EUR, 5.00 EUR@26h`. */
export function summary(incident: OracleIncident): string {
  const payments = incident.payments.map((payment) => {
    const what = payment.outcome === 'paid' ? payment.amount : payment.outcome;
    return payment.atMs === incident.atMs ? what : `${what}@${at(payment.atMs)}`;
  });
  const isOpen = [null, incident.atMs].includes(incident.closedAtMs);
  const closed = isOpen || incident.closedAtMs === null ? '' : ` closed ${at(incident.closedAtMs)}`;
  const refuted = incident.refuted ? ' refuted' : '';
  return `${incident.customer} ${at(incident.atMs)}${refuted}${closed}: ${payments.join(', ')}`;
}

function at(ms: number): string {
  const minutes = (ms - instantAt('0h')) / 60_000;
  if (minutes % 60 === 0) return `${minutes / 60}h`;
  return Number.isInteger(minutes) ? `${minutes}m` : `${minutes * 60_000}ms`;
}
