import type { Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import type { Settings } from '../../settings/settings-document';
import { shareGate } from '../holds/hold-gate';
import { OpenHolds } from '../holds/open-holds';
import type { Remedy } from '../remedy';
import { cappedUntilMs, longestCapMs, type SentMessage } from './frequency-caps';
import { MESSAGE_TIMEOUT_MS } from './message-channel';
import { failMessage, holdMessage } from './message-changes';
import { readMessages, type ClaimedMessage } from './read-messages';
import { quietUntilMs } from './quiet-hours';

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
  const messages = await readMessages(sql, remedy.rules, ids, settings);
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
