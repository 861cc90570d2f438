import type { OracleEvent, OracleIncident, RawRule } from './model';
import { plainMs } from './span';

const ORIGIN_MS = Date.parse('2026-03-01T00:00:00Z');

/** The instant that `at: 3h` stands for. */
export function instantAt(at: string): number {
  return ORIGIN_MS + (at.startsWith('-') ? -plainMs(at.slice(1)) : plainMs(at));
}

/** The events of a `tests:` block, with the fields that a rule's author may leave out. */
export function writtenArrivals(events: RawRule[]): OracleEvent[] {
  return events.map(({ at, ...event }, index) => ({
    id: `e${index + 1}`,
    source: 'test',
    subject: `${event.type}/${index + 1}`,
    time: new Date(instantAt(at)).toISOString(),
    ...event,
  }));
}

/** What is left over when the incidents are held against an `expect:` list; empty when it holds. */
export function differences(expected: RawRule[], incidents: OracleIncident[]): unknown[] {
  const got = incidents.flatMap((incident) =>
    incident.payments.map((payment) => ({ ...payment, ...pick(incident) })),
  );
  const missing = expected.filter((wanted) => {
    const index = got.findIndex((one) => matches(wanted, one));
    if (index >= 0) got.splice(index, 1);
    return index < 0;
  });
  const unasked = got.filter(
    (one) => !one.refuted && (one.outcome === 'paid' || one.outcome === 'nothing'),
  );
  return [...missing, ...unasked];
}

function pick(incident: OracleIncident): { customer: string; refuted: boolean } {
  return { customer: incident.customer, refuted: incident.refuted };
}

function matches(
  wanted: RawRule,
  got: OracleIncident['payments'][number] & ReturnType<typeof pick>,
): boolean {
  const pay = got.outcome === 'paid' ? got.amount : got.outcome;
  return (
    (wanted.customer === undefined || wanted.customer === got.customer) &&
    (wanted.pay === undefined || wanted.pay === pay) &&
    (wanted.at === undefined || instantAt(wanted.at) === got.atMs) &&
    (wanted.refuted ?? false) === got.refuted
  );
}
