import type { Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { queueMessages } from './queue-messages';

export type ResendInput =
  | { readonly messageId: string; readonly revision?: number | undefined }
  | { readonly compensationId: string };

interface Row {
  id: string;
  state: 'queued' | 'held' | 'sending' | 'sent' | 'failed';
  customer_id: string;
  compensation_id: string | null;
  incident_id: string | null;
  template_id: string;
  channels: string[];
  urgent: boolean;
  promised_minor: bigint | null;
  promised_currency: string | null;
  created_at: Date;
  revision: number;
}

/**
 * Sends a message once more: with the template and the customer file of now. One that failed is
 * queued again; of one that was sent, a second is made.
 */
export class ResendMessage {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ResendInput): Promise<{ messageId: string }> {
    const messageId = await this.remedy.database.transaction(async (sql) => {
      const message = await lockMessage(sql, input);
      if (!message) throw notFound();
      const id =
        message.state === 'failed' ? await requeue(sql, message) : await copy(sql, message);
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'message.resend',
          object: `message:${message.id}`,
          after: { message_id: id },
        },
      ]);
      return id;
    });
    this.remedy.wake.signal('messages');
    return { messageId };
  }
}

async function lockMessage(sql: Sql, input: ResendInput): Promise<Row | undefined> {
  const [column, id] =
    'messageId' in input ? ['id', input.messageId] : ['compensation_id', input.compensationId];
  const { rows } = await sql.query<Row>(
    `select id, state, customer_id, compensation_id, incident_id, template_id, channels, urgent,
       promised_minor, promised_currency, created_at, revision
     from message where ${column} = $1 order by created_at desc, id desc limit 1 for update`,
    [id],
  );
  const [message] = rows;
  const revision = 'messageId' in input ? input.revision : undefined;
  if (message && revision !== undefined && revision !== message.revision) {
    throw new Refusal('precondition_failed', { etag: `r${String(message.revision)}` });
  }
  return message;
}

async function requeue(sql: Sql, { id, compensation_id: compensationId }: Row): Promise<string> {
  await requireSettled(sql, compensationId);
  await sql.query(
    `update message set state = 'queued', held_by = null, lease_until = null, sends = 0,
       not_before = now(), revision = revision + 1
     where id = $1`,
    [id],
  );
  return id;
}

async function copy(sql: Sql, message: Row): Promise<string> {
  if (message.state !== 'sent') {
    throw new Refusal('conflict', {
      detail: 'It has not been sent yet.',
      extra: { reason: message.state },
    });
  }
  await requireSettled(sql, message.compensation_id);
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from message
     where compensation_id is not distinct from $1 and incident_id is not distinct from $2`,
    [message.compensation_id, message.incident_id],
  );
  const [id = ''] = await queueMessages(sql, [
    {
      customerId: message.customer_id,
      compensationId: message.compensation_id,
      incidentId: message.incident_id,
      templateId: message.template_id,
      channels: message.channels,
      urgent: message.urgent,
      promised: promisedOf(message),
      atMs: message.created_at.getTime(),
      purpose: `resend:${String(rows[0]?.count ?? 1)}`,
    },
  ]);
  return id;
}

async function requireSettled(sql: Sql, compensationId: string | null): Promise<void> {
  if (compensationId === null) return;
  const { rows } = await sql.query<{ state: string }>(
    'select state from compensation where id = $1',
    [compensationId],
  );
  if (rows[0]?.state === 'settled') return;
  throw new Refusal('conflict', { extra: { reason: rows[0]?.state ?? 'not_found' } });
}

function promisedOf({ promised_minor: minor, promised_currency: currency }: Row): Money | null {
  return minor === null || currency === null ? null : { minor: minor, currency };
}
