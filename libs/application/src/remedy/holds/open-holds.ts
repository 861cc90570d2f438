import { compileConditions, type Conditions, type Scope } from '@amends/domain';
import type { Sql } from '../../queries/sql';

/** What a hold may be laid on (API.md, Kill switch). */
export interface HoldScope {
  readonly all?: boolean;
  readonly rule?: string;
  /** `{team: delivery}` or `team=delivery` */
  readonly label?: string | Readonly<Record<string, string>>;
  readonly customer?: string;
  /** Conditions on the incident's event. */
  readonly event_filter?: Conditions;
}

/** A payout or message that a hold may stop. */
export interface Holdable {
  readonly customerId: string;
  readonly ruleId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Null where there is no incident, and so no event. */
  readonly scope: Scope | null;
}

interface Row {
  id: string;
  scope: HoldScope;
  payments: boolean;
  messages: boolean;
}

interface OpenHold {
  readonly id: string;
  readonly payments: boolean;
  readonly messages: boolean;
  readonly matches: (thing: Holdable) => boolean;
}

/** The holds that are laid now, oldest first. Read it under `shareGate` (see hold-gate.ts). */
export class OpenHolds {
  private constructor(private readonly holds: readonly OpenHold[]) {}

  static async read(sql: Sql): Promise<OpenHolds> {
    const { rows } = await sql.query<Row>(
      `select id, scope, payments, messages from hold
       where state in ('activating', 'active') and (until is null or until > now())
       order by created_at, id`,
    );
    return new OpenHolds(rows.map((row) => ({ ...row, matches: compileScope(row.scope) })));
  }

  /** The id of the first hold that stops it, if any does. */
  stops(what: 'payments' | 'messages', thing: Holdable): string | undefined {
    return this.holds.find((hold) => hold[what] && hold.matches(thing))?.id;
  }
}

/** Whether a scope takes in a thing. All that it names must fit; a scope that names nothing is none. */
export function compileScope(scope: HoldScope): (thing: Holdable) => boolean {
  const tests: ((thing: Holdable) => boolean)[] = [];
  if (scope.all === true) tests.push(() => true);
  const { rule, customer, label, event_filter: filter } = scope;
  if (rule !== undefined) tests.push((thing) => thing.ruleId === rule);
  if (customer !== undefined) tests.push((thing) => thing.customerId === customer);
  for (const [name, value] of labelsOf(label)) {
    tests.push((thing) => Object.hasOwn(thing.labels, name) && thing.labels[name] === value);
  }
  if (filter !== undefined) {
    const conditions = compileConditions(filter, new Set());
    tests.push((thing) => thing.scope !== null && conditions.test(thing.scope) === 'true');
  }
  return (thing) => tests.length > 0 && tests.every((test) => test(thing));
}

/** The labels that a scope names, however it writes them. */
export function labelsOf(label: HoldScope['label']): [string, string][] {
  if (label === undefined) return [];
  if (typeof label !== 'string') return Object.entries(label);
  const equals = label.indexOf('=');
  return equals === -1 ? [] : [[label.slice(0, equals), label.slice(equals + 1)]];
}
