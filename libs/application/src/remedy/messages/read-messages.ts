import type { JsonObject, Money } from '@amends/domain';
import { readVars } from '../../events/stored-vars';
import type { Sql } from '../../queries/sql';
import type { Settings } from '../../settings/settings-document';
import { brandOf } from '../brand/brand-of';
import type { CompensationKind, CompensationState } from '../model/compensation';
import { scopeOf } from '../model/incident';
import type { RuleBook } from '../rules/rule-book';
import { templateOf, withBrand } from './with-brand';

/** A message that this process may send now, with all it is made from. */
export interface ClaimedMessage {
  readonly id: string;
  readonly channels: readonly string[];
  readonly urgent: boolean;
  /** Which sending this is, from 1: a later one by another process overtakes it. */
  readonly sends: number;
  readonly promised: Money | null;
  readonly customer: CustomerFile;
  readonly compensation: {
    readonly id: string;
    readonly state: CompensationState;
    readonly money: Money;
    readonly kind: CompensationKind;
    readonly arrives: string | null;
    readonly orderId: string | null;
    readonly voucher: { readonly code: string; readonly expiresAtMs: number | null } | null;
  } | null;
  readonly incident: {
    readonly id: string;
    readonly atMs: number;
    readonly detectedAtMs: number;
    readonly event: JsonObject;
    readonly vars: JsonObject;
    readonly facts: JsonObject;
  } | null;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly labels: Readonly<Record<string, string>>;
  } | null;
  readonly template: {
    readonly id: string;
    readonly version: number;
    readonly document: JsonObject;
  } | null;
  readonly settings: Settings;
}

export interface CustomerFile {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly blockedChannels: readonly string[];
}

interface Row {
  id: string;
  channels: string[];
  urgent: boolean;
  sends: number;
  promised_minor: bigint | null;
  promised_currency: string | null;
  customer_id: string;
  email: string | null;
  name: string | null;
  locale: string | null;
  time_zone: string | null;
  blocked_channels: string[] | null;
  tags: string[] | null;
  brand: string | null;
  compensation_id: string | null;
  compensation_state: CompensationState;
  amount_minor: bigint;
  currency: string;
  kind: CompensationKind;
  arrives: string | null;
  order_id: string | null;
  voucher_code: string | null;
  expires_at: Date | null;
  incident_id: string | null;
  event_time: Date;
  detected_at: Date;
  event: JsonObject;
  vars: JsonObject;
  facts: JsonObject;
  unit: number | null;
  rule_id: string | null;
  rule_version: number;
  title: string;
  labels: Record<string, string>;
  template_id: string;
  template_version: number | null;
  document: JsonObject;
}

/** Reads messages that the caller has locked, oldest first, with all they are made from. */
export async function readMessages(
  sql: Sql,
  rules: RuleBook,
  ids: readonly string[],
  settings: Settings,
): Promise<ClaimedMessage[]> {
  const { rows } = await sql.query<Row>(
    `select m.id, m.channels, m.urgent, m.sends, m.promised_minor, m.promised_currency,
       m.customer_id, u.email, u.name, u.locale, u.time_zone, u.blocked_channels, u.tags,
       m.compensation_id, c.brand, c.state as compensation_state, c.amount_minor, c.currency, c.kind,
       c.arrives, c.order_id, v.code as voucher_code, v.expires_at,
       i.id as incident_id, i.event_time, i.detected_at, i.event, i.vars, i.facts,
       c.unit, r.rule_id, r.version as rule_version, r.title, r.labels,
       m.template_id, t.version as template_version, t.document
     from message m
     left join customer u on u.id = m.customer_id
     left join compensation c on c.id = m.compensation_id
     left join voucher v on v.compensation_id = c.id
     left join incident i on i.id = coalesce(m.incident_id, c.incident_id)
     left join rule_version r on r.rule_id = i.rule_id and r.version = i.rule_version
     left join template l on l.id = m.template_id
     left join template_version t on t.template_id = l.id and t.version = l.latest_version
     where m.id = any($1) order by m.created_at, m.id`,
    [ids],
  );
  const messages: ClaimedMessage[] = [];
  for (const row of rows) {
    const facts = await factsOf(sql, rules, row);
    const brand = row.brand ?? brandOf(row.incident_id === null ? null : row.event, row.tags ?? []);
    const template = await ownTemplate(sql, settings, brand, row);
    messages.push(toMessage({ ...row, ...template, facts }, withBrand(settings, brand)));
  }
  return messages;
}

/** Where a brand says the same in its own words. */
async function ownTemplate(
  sql: Sql,
  settings: Settings,
  brand: string | null,
  row: Row,
): Promise<Partial<Pick<Row, 'template_id' | 'template_version' | 'document'>>> {
  const id = templateOf(settings, brand, row.template_id);
  if (id === row.template_id) return {};
  const { rows } = await sql.query<{ version: number; document: JsonObject }>(
    `select v.version, v.document from template t
     join template_version v on v.template_id = t.id and v.version = t.latest_version
     where t.id = $1`,
    [id],
  );
  const [own] = rows;
  return own ? { template_id: id, template_version: own.version, document: own.document } : {};
}

/** What is said of an accrual unit is what its own number gives. */
async function factsOf(sql: Sql, rules: RuleBook, row: Row): Promise<JsonObject> {
  if (row.rule_id === null || row.unit === null || row.unit === 0) return row.facts;
  const rule = await rules.find(sql, row.rule_id, row.rule_version);
  return scopeOf(row, rule, row.unit).facts as JsonObject;
}

function toMessage(row: Row, settings: Settings): ClaimedMessage {
  return {
    id: row.id,
    channels: row.channels,
    urgent: row.urgent,
    sends: row.sends,
    promised:
      row.promised_minor === null || row.promised_currency === null
        ? null
        : { minor: row.promised_minor, currency: row.promised_currency },
    customer: {
      id: row.customer_id,
      email: row.email,
      name: row.name,
      locale: row.locale,
      timeZone: row.time_zone,
      blockedChannels: row.blocked_channels ?? [],
    },
    compensation: row.compensation_id === null ? null : toCompensation(row, row.compensation_id),
    incident:
      row.incident_id === null
        ? null
        : {
            id: row.incident_id,
            atMs: row.event_time.getTime(),
            detectedAtMs: row.detected_at.getTime(),
            event: row.event,
            vars: readVars(row),
            facts: row.facts,
          },
    rule: row.rule_id === null ? null : { id: row.rule_id, title: row.title, labels: row.labels },
    template:
      row.template_version === null
        ? null
        : { id: row.template_id, version: row.template_version, document: row.document },
    settings,
  };
}

function toCompensation(row: Row, id: string): ClaimedMessage['compensation'] {
  return {
    id,
    state: row.compensation_state,
    money: { minor: row.amount_minor, currency: row.currency },
    kind: row.kind,
    arrives: row.arrives,
    orderId: row.order_id,
    voucher:
      row.voucher_code === null
        ? null
        : { code: row.voucher_code, expiresAtMs: row.expires_at?.getTime() ?? null },
  };
}
