import type { Sql } from '../../queries/sql';
import type { Compensation, CompensationKind, CompensationState } from '../model/compensation';
import { insertRows } from './insert-rows';

interface Row {
  id: string;
  incident_id: string | null;
  unit: number;
  customer_id: string;
  rule_id: string | null;
  rule_version: number | null;
  kind: CompensationKind;
  amount_minor: bigint;
  currency: string;
  state: CompensationState;
  payment: string | null;
  order_id: string | null;
  brand: string | null;
  reason: string | null;
  template: string | null;
  proposed_by: string;
  needs_approval: boolean;
  content_hash: string;
  budget_id: string | null;
  budget_period: string | null;
  provider: string | null;
  voucher_code: string | null;
  held_by: string | null;
  round: number;
  incident_at: Date;
  revision: number;
}

const COLUMNS = `c.id, c.incident_id, c.unit, c.customer_id, c.rule_id, c.rule_version, c.kind,
  c.amount_minor, c.currency, c.state, c.payment, c.order_id, c.reason, c.template, c.proposed_by,
  c.needs_approval, c.content_hash, c.budget_id, c.budget_period, c.provider, c.voucher_code,
  c.held_by, c.round,
  c.incident_at, c.revision, c.brand`;

/**
 * Locks an incident and then its compensation, in this order everywhere, and reads the latter.
 * Undefined when there is none.
 */
export async function lockCompensation(sql: Sql, id: string): Promise<Compensation | undefined> {
  await sql.query(
    `select 1 from incident
     where id = (select incident_id from compensation where id = $1) for no key update`,
    [id],
  );
  const { rows } = await sql.query<Row>(
    `select ${COLUMNS} from compensation c where c.id = $1 for no key update`,
    [id],
  );
  return rows[0] && toCompensation(rows[0]);
}

/** Locks and reads every compensation of an incident that the caller has locked. */
export async function lockCompensationsOf(sql: Sql, incidentId: string): Promise<Compensation[]> {
  const { rows } = await sql.query<Row>(
    `select ${COLUMNS} from compensation c where c.incident_id = $1 order by c.id
     for no key update`,
    [incidentId],
  );
  return rows.map(toCompensation);
}

const COLUMN_TYPES = {
  id: 'text',
  incident_id: 'text',
  unit: 'int',
  customer_id: 'text',
  rule_id: 'text',
  rule_version: 'int',
  kind: 'text',
  amount_minor: 'bigint',
  currency: 'text',
  state: 'text',
  payment: 'text',
  order_id: 'text',
  brand: 'text',
  reason: 'text',
  template: 'text',
  proposed_by: 'text',
  needs_approval: 'boolean',
  content_hash: 'text',
  budget_id: 'text',
  budget_period: 'text',
  provider: 'text',
  voucher_code: 'text',
  held_by: 'text',
  round: 'int',
  incident_at: 'timestamptz',
  revision: 'int',
} as const;

/** Writes new compensations; the unique index on incident and unit refuses a second live one. */
export async function insertCompensations(
  sql: Sql,
  compensations: readonly Compensation[],
): Promise<void> {
  await insertRows(
    sql,
    'compensation',
    COLUMN_TYPES,
    compensations.map((c) => ({
      id: c.id,
      incident_id: c.incidentId,
      unit: c.unit,
      customer_id: c.customerId,
      rule_id: c.ruleId,
      rule_version: c.ruleVersion,
      kind: c.kind,
      amount_minor: c.money.minor,
      currency: c.money.currency,
      state: c.state,
      payment: c.payment,
      order_id: c.orderId,
      brand: c.brand,
      reason: c.reason,
      template: c.template,
      proposed_by: c.proposedBy,
      needs_approval: c.needsApproval,
      content_hash: c.contentHash,
      budget_id: c.budgetId,
      budget_period: c.budgetPeriod,
      provider: c.provider,
      voucher_code: c.voucherCode,
      held_by: c.heldBy,
      round: c.round,
      incident_at: new Date(c.incidentAtMs),
      revision: c.revision,
    })),
    {
      computed: {
        // Not the start of the transaction, which may lie before a hold it has waited for.
        reserved_at: "case when r.state in ('reserved', 'settled') then clock_timestamp() end",
        settled_at: "case when r.state = 'settled' then clock_timestamp() end",
        next_attempt_at: "case when r.state = 'reserved' then now() end",
      },
    },
  );
}

/** Columns of a compensation that change on its way. */
export interface CompensationChange {
  readonly state: CompensationState;
  readonly held_by?: string | null;
  readonly budget_id?: string | null;
  readonly budget_period?: string | null;
  readonly amount_minor?: bigint;
  readonly content_hash?: string;
  readonly failure?: string | null;
  readonly provider?: string | null;
  readonly provider_ref?: string | null;
  readonly arrives?: string | null;
  readonly voucher_code?: string | null;
  readonly round?: number;
}

/** Instants that a change of state brings with it, by the database's clock. */
export interface Stamps {
  readonly reserved?: true;
  readonly settled?: true;
  /** When the payer looks at it (again), from now on; null: not by itself. */
  readonly nextAttemptInMs?: number | null;
}

/** Changes a compensation that the caller has locked. */
export async function changeCompensation(
  sql: Sql,
  id: string,
  change: CompensationChange,
  stamps: Stamps = {},
): Promise<void> {
  const names = Object.keys(change);
  const values = Object.values(change) as unknown[];
  const sets = names.map((name, index) => `${name} = $${String(index + 2)}`);
  if (stamps.reserved) sets.push('reserved_at = clock_timestamp()');
  if (stamps.settled) sets.push('settled_at = clock_timestamp()');
  if (stamps.nextAttemptInMs !== undefined) {
    values.push(stamps.nextAttemptInMs);
    const parameter = `$${String(values.length + 1)}`;
    sets.push(`next_attempt_at = clock_timestamp() + ${parameter}::float8 * interval '1 ms'`);
  }
  await sql.query(
    `update compensation set ${sets.join(', ')}, revision = revision + 1, updated_at = now()
     where id = $1`,
    [id, ...values],
  );
}

function toCompensation(row: Row): Compensation {
  return {
    id: row.id,
    incidentId: row.incident_id,
    unit: row.unit,
    customerId: row.customer_id,
    ruleId: row.rule_id,
    ruleVersion: row.rule_version,
    kind: row.kind,
    money: { minor: row.amount_minor, currency: row.currency },
    state: row.state,
    payment: row.payment,
    orderId: row.order_id,
    brand: row.brand,
    reason: row.reason,
    template: row.template,
    proposedBy: row.proposed_by,
    needsApproval: row.needs_approval,
    contentHash: row.content_hash,
    budgetId: row.budget_id,
    budgetPeriod: row.budget_period,
    provider: row.provider,
    voucherCode: row.voucher_code,
    heldBy: row.held_by,
    round: row.round,
    incidentAtMs: row.incident_at.getTime(),
    revision: row.revision,
  };
}
