import type { Scope } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { brandOf } from '../brand/brand-of';
import { lockIncidents } from '../incident/incident-rows';
import { LIVE_LANE, scopeOf, type Incident } from '../model/incident';
import type { Remedy } from '../remedy';
import type { RemedyRule } from '../rules/rule-book';
import type { QueueRow } from './queue-rows';

/** Everything about one decision that is known before it is made. */
export interface Case {
  readonly row: QueueRow;
  readonly incident: Incident;
  readonly rule: RemedyRule;
  readonly scope: Scope;
  /** Of customers the rule is live for; 100 in shadow. */
  readonly percent: number;
  readonly customer: Customer;
  /** Whose providers, budgets, sender and templates are used. */
  readonly brand: string | null;
}

interface Customer {
  readonly currency: string | null;
  readonly isBlocked: boolean;
  readonly tags: readonly string[];
}

const STRANGER: Customer = { currency: null, isBlocked: false, tags: [] };

/** Locks the incidents of a batch and reads what their decisions need. */
export async function loadCases(
  sql: Sql,
  remedy: Remedy,
  rows: readonly QueueRow[],
): Promise<Case[]> {
  const incidents = await lockIncidents(sql, [...new Set(rows.map((row) => row.incidentId))]);
  const percents = await readPercents(sql, incidents.values());
  const customers = await readCustomers(sql, rows);
  const cases: Case[] = [];
  for (const row of rows) {
    const incident = incidents.get(row.incidentId);
    if (!incident) throw new Error(`decision of an incident that is not there: ${row.incidentId}`);
    const { ruleId, ruleVersion } = incident;
    const rule = await remedy.rules.find(sql, ruleId, ruleVersion);
    if (!rule) throw new Error(`rule ${ruleId} has no version ${String(ruleVersion)}`);
    const customer = customers.get(row.customerId) ?? STRANGER;
    cases.push({
      row,
      incident,
      rule,
      scope: scopeOf(incident, rule, row.units ?? row.unit),
      percent: incident.lane === LIVE_LANE ? (percents.get(ruleId) ?? 0) : 100,
      customer,
      brand: brandOf(incident.event, customer.tags),
    });
  }
  return cases;
}

/** A rule that is switched off pays nobody: what it had opened ends as held out. */
async function readPercents(sql: Sql, incidents: Iterable<Incident>): Promise<Map<string, number>> {
  const ids = new Set([...incidents].map(({ ruleId }) => ruleId));
  const { rows } = await sql.query<{ rule_id: string; live_percent: number | null }>(
    'select rule_id, live_percent from rule_rollout where rule_id = any($1)',
    [[...ids]],
  );
  return new Map(rows.map((row) => [row.rule_id, row.live_percent ?? 0]));
}

async function readCustomers(sql: Sql, rows: readonly QueueRow[]): Promise<Map<string, Customer>> {
  const { rows: found } = await sql.query<{
    id: string;
    currency: string | null;
    blocked: boolean;
    tags: readonly string[];
  }>('select id, currency, blocked, tags from customer where id = any($1)', [
    [...new Set(rows.map((row) => row.customerId))],
  ]);
  return new Map(
    found.map(({ id, currency, blocked, tags }) => [id, { currency, isBlocked: blocked, tags }]),
  );
}
