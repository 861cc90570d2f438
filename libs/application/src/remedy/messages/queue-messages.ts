import type { Money, RuleDocument } from '@amends/domain';
import { derivedId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { insertRows } from '../store/insert-rows';

/** A message to be sent, once: a second request with the same key is dropped. */
export interface MessageRequest {
  readonly customerId: string;
  readonly compensationId: string | null;
  readonly incidentId: string | null;
  readonly templateId: string;
  /** In the order they are tried. */
  readonly channels: readonly string[];
  /** Passes quiet hours and frequency caps. */
  readonly urgent: boolean;
  /** The sum that it names, which must be what has moved. */
  readonly promised: Money | null;
  /** The incident's time: part of the id. */
  readonly atMs: number;
  /** What it is about: `settled`, `apology`, or `resend:2`. */
  readonly purpose: string;
}

/** Queues messages in the transaction that moved the money they tell of (guarantee 3). */
export async function queueMessages(
  sql: Sql,
  requests: readonly MessageRequest[],
): Promise<readonly string[]> {
  const rows = requests.map((request) => {
    const dedupeKey = `${request.compensationId ?? request.incidentId ?? ''}:${request.purpose}`;
    return {
      id: derivedId('msg', request.atMs, dedupeKey),
      dedupe_key: dedupeKey,
      customer_id: request.customerId,
      compensation_id: request.compensationId,
      incident_id: request.incidentId,
      template_id: request.templateId,
      channels: request.channels,
      channel: request.channels[0] ?? 'email',
      urgent: request.urgent,
      state: 'queued',
      promised_minor: request.promised?.minor ?? null,
      promised_currency: request.promised?.currency ?? null,
    };
  });
  await insertRows(
    sql,
    'message',
    {
      id: 'text',
      dedupe_key: 'text',
      customer_id: 'text',
      compensation_id: 'text',
      incident_id: 'text',
      template_id: 'text',
      channels: 'text[]',
      channel: 'text',
      urgent: 'boolean',
      state: 'text',
      promised_minor: 'bigint',
      promised_currency: 'text',
    },
    rows,
    { onConflict: 'on conflict (dedupe_key) do nothing' },
  );
  return rows.map(({ id }) => id);
}

/** What a rule says about its message; undefined when it says nothing to the customer. */
export function ruleMessage(
  document: RuleDocument,
): Pick<MessageRequest, 'templateId' | 'channels' | 'urgent'> | undefined {
  const { message } = document;
  return (
    message && {
      templateId: message.template,
      channels: message.channels,
      urgent: message.urgent ?? false,
    }
  );
}
