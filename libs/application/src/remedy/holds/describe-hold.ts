import type { JsonObject, Money } from '@amends/domain';
import { readVars } from '../../events/stored-vars';
import type { Sql } from '../../queries/sql';
import { compileScope, type HoldScope } from './open-holds';

/** What a hold stops, by what happened in the hour before it was asked. */
export interface HoldEffect {
  readonly rulesLive: number;
  readonly paymentsPerHour: number;
  readonly moneyPerHour: readonly Money[];
  /** Sent before the hold, with an answer still to come. */
  readonly inFlight: readonly { readonly compensationId: string; readonly key: string }[];
}

const LOOKED_AT_MAX = 10_000;

interface PaidRow {
  customer_id: string;
  rule_id: string | null;
  labels: Record<string, string> | null;
  event: JsonObject | null;
  vars: JsonObject | null;
  facts: JsonObject | null;
  minor: bigint;
  currency: string;
}

/** Tells what a scope takes in. An estimate: more than 10,000 payments an hour are not all looked at. */
export async function describeHold(sql: Sql, scope: HoldScope): Promise<HoldEffect> {
  const matches = compileScope(scope);
  const { rows: paid } = await sql.query<PaidRow>(
    `select c.customer_id, c.rule_id, v.labels, i.event, i.vars, i.facts, c.amount_minor as minor,
       c.currency::text as currency
     from compensation c
     left join incident i on i.id = c.incident_id
     left join rule_version v on v.rule_id = c.rule_id and v.version = c.rule_version
     where c.created_at > now() - interval '1 hour' and c.state = 'settled'
     order by c.created_at desc limit ${String(LOOKED_AT_MAX)}`,
  );
  const stopped = paid.filter(({ customer_id: customerId, rule_id: ruleId, labels, ...row }) => {
    const { event, vars, facts } = row;
    const isOfIncident = event !== null && vars !== null && facts !== null;
    return matches({
      customerId,
      ruleId,
      labels: labels ?? {},
      scope: isOfIncident ? { event, vars: readVars({ event, vars }), facts } : null,
    });
  });
  const sums = new Map<string, bigint>();
  for (const { currency, minor } of stopped) {
    sums.set(currency, (sums.get(currency) ?? 0n) + minor);
  }
  return {
    rulesLive: await countRules(sql, scope),
    paymentsPerHour: stopped.length,
    moneyPerHour: [...sums.entries()].map(([currency, minor]) => ({ minor, currency })),
    inFlight: await listInFlight(sql),
  };
}

async function countRules(sql: Sql, scope: HoldScope): Promise<number> {
  const { rows } = await sql.query<{ id: string; labels: Record<string, string> }>(
    `select r.rule_id as id, v.labels from rule_rollout r
     join rule_version v on v.rule_id = r.rule_id and v.version = r.live_version`,
  );
  // A rule is not bound to a customer or an event, so it is taken in whatever those say.
  const { customer: _customer, event_filter: _filter, ...ofRules } = scope;
  const names = Object.keys(ofRules).length > 0;
  const matches = names ? compileScope(ofRules) : () => true;
  return rows.filter(({ id, labels }) =>
    matches({ customerId: '', ruleId: id, labels, scope: null }),
  ).length;
}

async function listInFlight(sql: Sql): Promise<HoldEffect['inFlight']> {
  const { rows } = await sql.query<{ compensation_id: string; idem_key: string }>(
    `select compensation_id, idem_key from payment_attempt
     where state in ('created', 'sent') and send_lease_until > now() order by id limit 100`,
  );
  return rows.map((row) => ({ compensationId: row.compensation_id, key: row.idem_key }));
}
