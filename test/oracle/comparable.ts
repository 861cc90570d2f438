import type { OracleIncident } from './model';

/** An incident as both sides give it; what else a side may add is not compared. */
type Comparable = Omit<OracleIncident, 'payments'> & {
  readonly payments: readonly OracleIncident['payments'][number][];
};

/**
 * One line per incident, in an order of their own. When a refuted one closed is not compared:
 * RULES.md does not say.
 */
export function comparable(incidents: readonly Comparable[]): string[] {
  return incidents.map(line).sort();
}

function line(one: Comparable): string {
  const payments = one.payments.map(({ atMs, outcome, amount, unit }) =>
    [outcome, amount, `@${clock(atMs)}`, unit && `#${unit}`].filter(Boolean).join(' '),
  );
  const closed = one.closedAtMs === null ? 'open' : `closed ${clock(one.closedAtMs)}`;
  const state = one.refuted ? 'refuted' : closed;
  const what = [JSON.stringify(one.key), one.startRef, one.customer, `@${clock(one.atMs)}`];
  return `${what.join(' ')} ${state}: [${payments.join(', ')}]`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(5, -1).replace(':00.000', '');
}
