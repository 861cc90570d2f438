import type { JsonObject } from '@amends/domain';
import { notFound } from '../access/refusal';
import { oneRow, type Sql } from '../queries/sql';
import { brandOf } from '../remedy/brand/brand-of';
import type { MessageFacts } from '../remedy/messages/message-renderer';
import { withBrand } from '../remedy/messages/with-brand';
import type { CompensationKind } from '../remedy/model/compensation';
import { readSettings } from '../settings/read-settings';

interface Row {
  readonly id: string;
  readonly event_time: Date;
  readonly event: JsonObject;
  readonly facts: JsonObject;
  readonly title: string;
  readonly customer_id: string;
  readonly name: string | null;
  readonly time_zone: string | null;
  readonly tags: readonly string[] | null;
  readonly brand: string | null;
  readonly amount_minor: bigint | null;
  readonly currency: string | null;
  readonly kind: CompensationKind | null;
  readonly arrives: string | null;
  readonly order_id: string | null;
  readonly voucher_code: string | null;
  readonly expires_at: Date | null;
}

/** What a message about this incident would be made from, read in one language. */
export async function previewFacts(
  sql: Sql,
  incidentId: string,
  locale: string,
): Promise<MessageFacts> {
  const { settings: account } = await readSettings(sql);
  const row = await oneRow<Row>(
    sql,
    `select i.id, i.event_time, i.event, i.facts, r.title, i.customer_id, u.name, u.time_zone, u.tags,
       c.brand,
       coalesce(c.amount_minor, i.amount_minor) as amount_minor,
       coalesce(c.currency, i.currency) as currency,
       coalesce(c.kind, r.document->'pay'->>'as') as kind, c.arrives,
       coalesce(c.order_id, i.event->'data'->>'order_id') as order_id,
       v.code as voucher_code, v.expires_at
     from incident i
     join rule_version r on r.rule_id = i.rule_id and r.version = i.rule_version
     left join customer u on u.id = i.customer_id
     left join lateral (
       select * from compensation c where c.incident_id = i.id order by c.created_at desc limit 1
     ) c on true
     left join voucher v on v.compensation_id = c.id
     where i.id = $1`,
    [incidentId],
  );
  if (row === undefined) throw notFound();
  const settings = withBrand(account, row.brand ?? brandOf(row.event, row.tags ?? []));
  return {
    customer: { id: row.customer_id, name: row.name, locale, timeZone: row.time_zone },
    payout: payoutOf(row),
    orderId: row.order_id,
    incident: {
      id: row.id,
      atMs: row.event_time.getTime(),
      event: row.event,
      facts: row.facts,
    },
    ruleTitle: row.title,
    brand: {
      senderName: settings.brand.sender_name,
      locale: settings.default_locale,
      timeZone: settings.default_time_zone,
    },
  };
}

function payoutOf(row: Row): MessageFacts['payout'] {
  const { amount_minor: minor, currency, kind, arrives } = row;
  if (minor === null || currency === null || kind === null) return null;
  const voucher =
    row.voucher_code === null
      ? null
      : { code: row.voucher_code, expiresAtMs: row.expires_at?.getTime() ?? null };
  return { money: { minor, currency }, kind, arrives, voucher };
}
