import { moneyToJson, type JsonObject, type Money } from '@amends/domain';
import { decisionShard } from '../../events/stable-hash';
import type { Sql } from '../../queries/sql';
import { insertRows, toJson } from '../store/insert-rows';

/** A CloudEvent of ours, to be published by the relay in the order of its customer. */
export interface OutboxEvent {
  /** Unique and derived, so that consumers can drop what comes twice. */
  readonly id: string;
  readonly type: 'amends.incident.decided' | 'amends.compensation.settled';
  readonly subject: string;
  readonly customerId: string;
  readonly data: JsonObject;
}

const TOPICS = {
  'amends.incident.decided': 'amends.incidents',
  'amends.compensation.settled': 'amends.compensations',
} as const;

/** Writes events next to the change they tell of; a no-op where nothing would relay them. */
export async function writeOutbox(
  sql: Sql,
  isEnabled: boolean,
  events: readonly OutboxEvent[],
): Promise<void> {
  if (!isEnabled || events.length === 0) return;
  const time = new Date().toISOString();
  await insertRows(
    sql,
    'outbox',
    { shard: 'smallint', topic: 'text', key: 'text', event_id: 'text', body: 'text' },
    events.map(({ id, type, subject, customerId, data }) => ({
      shard: decisionShard(customerId),
      topic: TOPICS[type],
      key: customerId,
      event_id: id,
      body: toJson({
        specversion: '1.0',
        id,
        source: '/amends/remedy',
        type,
        time,
        subject,
        customerid: customerId,
        datacontenttype: 'application/json',
        data,
      }),
    })),
    { onConflict: 'on conflict (event_id) do nothing' },
  );
}

export function compensationSettledEvent(compensation: {
  readonly id: string;
  readonly incidentId: string | null;
  readonly customerId: string;
  readonly kind: string;
  readonly money: Money;
  readonly round: number;
}): OutboxEvent {
  const { id, incidentId, customerId, kind, money, round } = compensation;
  return {
    id: `${id}:settled:${String(round)}`,
    type: 'amends.compensation.settled',
    subject: id,
    customerId,
    data: {
      compensation_id: id,
      incident_id: incidentId,
      as: kind,
      amount: { ...moneyToJson(money) },
    },
  };
}
