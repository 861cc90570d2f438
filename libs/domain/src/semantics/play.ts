import { compileRule, type CompiledRule } from '../detect';
import type { CalendarDocument, RuleDocument } from '../rule-document';
import { simulate, type SimulatedIncident } from '../simulate';
import { DAY_MS, formatInstant, HOUR_MS, parseInstant } from '../values';

/** 2026-03-01T00:00:00Z, hour 0 of the specs here. */
export const ORIGIN_MS = parseInstant('2026-03-01T00:00:00Z') ?? 0;

export interface Told {
  readonly id?: string;
  readonly type: string;
  /** Hours after the origin: event time. */
  readonly at: number;
  readonly customer?: string | null;
  readonly data?: object;
}

/** A CloudEvent at an hour. */
export function told({ id, type, at, customer, data }: Told) {
  return {
    specversion: '1.0',
    id: id ?? `${type}@${at}`,
    source: 'spec',
    type,
    time: formatInstant(ORIGIN_MS + at * HOUR_MS),
    ...(customer === null ? {} : { customerid: customer ?? 'c1' }),
    data: { order: 'o1', ...data },
  };
}

export function rule(
  detect: object,
  rest: Partial<RuleDocument> = {},
  calendars: Readonly<Record<string, CalendarDocument>> = {},
): CompiledRule {
  const document = {
    kind: 'Rule',
    id: 'spec',
    title: 'Spec',
    detect: { by: 'data.order', ...detect },
    pay: { as: 'credit', amount: { fixed: '5.00 EUR' } },
    ...rest,
  } as unknown as RuleDocument;
  return compileRule(document, { version: 1, calendars: new Map(Object.entries(calendars)) });
}

/** Plays the events in this order of arrival, until thirty days after the origin. */
export function play(
  compiled: CompiledRule,
  events: readonly Told[],
  batchSize = 1_000,
): SimulatedIncident[] {
  return simulate(compiled, events.map(told), { untilMs: ORIGIN_MS + 30 * DAY_MS, batchSize });
}

/** Hours after the origin at which incidents stand, in order. */
export function hours(incidents: readonly SimulatedIncident[]): number[] {
  return incidents.map((one) => (one.atMs - ORIGIN_MS) / HOUR_MS).sort((a, b) => a - b);
}
