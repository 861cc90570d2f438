import type { JsonObject, Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import type { Settings } from '../../settings/settings-document';
import { shareGate } from '../holds/hold-gate';
import { OpenHolds } from '../holds/open-holds';
import type { CompensationKind, CompensationState } from '../model/compensation';
import type { Remedy } from '../remedy';
import { cappedUntilMs, longestCapMs, type SentMessage } from './frequency-caps';
import { MESSAGE_TIMEOUT_MS } from './message-channel';
import { failMessage, holdMessage } from './message-changes';
import { quietUntilMs } from './quiet-hours';

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

/** What came of a look for due messages. */
export interface Claim {
  /** Those that were held or refused instead are counted too. */
  readonly looked: number;
  readonly messages: readonly ClaimedMessage[];
}

/** The lease outlives the longest sending, so that one that ran out means: it is over. */
const LEASE_MS = 2 * MESSAGE_TIMEOUT_MS;
const CLAIMED_MAX = 20;

/**
 * Claims messages that are due, oldest first per customer, and marks them as being sent. What a hold,
 * quiet hours or a frequency cap keeps back is held, never dropped; one that names a sum that has
 * not moved is refused.
 */
export async function claimMessages(sql: Sql, remedy: Remedy): Promise<Claim> {
  await shareGate(sql);
  const ids = await lockDue(sql);
  if (ids.length === 0) return { looked: 0, messages: [] };
  const { settings } = await readSettings(sql);
  const holds = await OpenHolds.read(sql);
  const messages = await readMessages(sql, ids, settings);
  const sent = await readSent(sql, messages, settings);
  const { rows } = await sql.query<{ now: Date }>('select clock_timestamp() as now');
  const nowMs = (rows[0]?.now ?? new Date()).getTime();
  const claimed: ClaimedMessage[] = [];
  for (const message of messages) {
    const lie = brokenPromise(message);
    if (lie !== undefined) {
      await failMessage(sql, message.id, lie);
      remedy.observer.alarm('a message was refused: it names a sum that has not moved', {
        messageId: message.id,
      });
      continue;
    }
    const held = whyHeld(message, holds, sent.get(message.customer.id) ?? [], nowMs);
    if (held) await holdMessage(sql, message.id, held.by, held.untilMs);
    else claimed.push({ ...message, sends: message.sends + 1 });
  }
  await markSending(
    sql,
    claimed.map(({ id }) => id),
  );
  return { looked: ids.length, messages: claimed };
}

async function lockDue(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select m.id from message m
     where m.state in ('queued', 'sending', 'held') and m.not_before <= now()
       and (m.state <> 'sending' or m.lease_until < now())
       and (m.state <> 'held' or m.held_by in ('quiet-hours', 'frequency-cap'))
       and not exists (
         select 1 from message e where e.customer_id = m.customer_id
           and e.state in ('queued', 'sending') and (e.created_at, e.id) < (m.created_at, m.id))
     order by m.not_before, m.id limit ${String(CLAIMED_MAX)}
     for update of m skip locked`,
  );
  return rows.map(({ id }) => id);
}

async function markSending(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql.query(
    `update message set state = 'sending', held_by = null, sends = sends + 1,
       lease_until = clock_timestamp() + $2::float8 * interval '1 ms',
       not_before = clock_timestamp() + $2::float8 * interval '1 ms', revision = revision + 1
     where id = any($1)`,
    [ids, LEASE_MS],
  );
}

/** Guarantee 3: it may name only what has irrevocably moved, to the cent. */
function brokenPromise({ promised, compensation }: ClaimedMessage): string | undefined {
  if (compensation === null) {
    return promised === null ? undefined : 'it promises a sum and no payout belongs to it';
  }
  if (compensation.state !== 'settled') return `the payout is ${compensation.state}`;
  const isSame =
    promised?.minor === compensation.money.minor &&
    promised.currency === compensation.money.currency;
  return isSame ? undefined : 'it promises another sum than was paid';
}

function whyHeld(
  message: ClaimedMessage,
  holds: OpenHolds,
  sent: readonly SentMessage[],
  nowMs: number,
): { by: string; untilMs: number | null } | undefined {
  const { incident, rule, customer, settings, urgent } = message;
  const hold = holds.stops('messages', {
    customerId: customer.id,
    ruleId: rule?.id ?? null,
    labels: rule?.labels ?? {},
    scope: incident,
  });
  if (hold !== undefined) return { by: hold, untilMs: null };
  if (urgent) return undefined;
  const zone = customer.timeZone ?? settings.default_time_zone;
  const quietMs = quietUntilMs(settings.quiet_hours, nowMs, zone);
  if (quietMs !== undefined) return { by: 'quiet-hours', untilMs: quietMs };
  const channel = message.channels[0] ?? 'email';
  const cappedMs = cappedUntilMs(settings.frequency_caps, sent, channel, nowMs);
  return cappedMs === undefined ? undefined : { by: 'frequency-cap', untilMs: cappedMs };
}

async function readSent(
  sql: Sql,
  messages: readonly ClaimedMessage[],
  settings: Settings,
): Promise<Map<string, SentMessage[]>> {
  const reachMs = longestCapMs(settings.frequency_caps);
  const sent = new Map<string, SentMessage[]>();
  if (reachMs === 0) return sent;
  const { rows } = await sql.query<{ customer_id: string; channel: string; sent_at: Date }>(
    `select customer_id, channel, sent_at from message
     where customer_id = any($1) and state = 'sent'
       and sent_at > clock_timestamp() - $2::float8 * interval '1 ms'`,
    [messages.map(({ customer }) => customer.id), reachMs],
  );
  for (const row of rows) {
    const list = sent.get(row.customer_id) ?? [];
    sent.set(row.customer_id, [...list, { channel: row.channel, atMs: row.sent_at.getTime() }]);
  }
  return sent;
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
  rule_id: string | null;
  title: string;
  labels: Record<string, string>;
  template_id: string;
  template_version: number | null;
  document: JsonObject;
}

async function readMessages(
  sql: Sql,
  ids: readonly string[],
  settings: Settings,
): Promise<ClaimedMessage[]> {
  const { rows } = await sql.query<Row>(
    `select m.id, m.channels, m.urgent, m.sends, m.promised_minor, m.promised_currency,
       m.customer_id, u.email, u.name, u.locale, u.time_zone, u.blocked_channels,
       m.compensation_id, c.state as compensation_state, c.amount_minor, c.currency, c.kind,
       c.arrives, c.order_id, v.code as voucher_code, v.expires_at,
       i.id as incident_id, i.event_time, i.detected_at, i.event, i.vars, i.facts,
       r.rule_id, r.title, r.labels,
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
  return rows.map((row) => toMessage(row, settings));
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
            vars: row.vars,
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
