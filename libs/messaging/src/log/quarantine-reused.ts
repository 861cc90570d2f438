import { createHash } from 'node:crypto';
import { derivedId, type Topics } from '@amends/application';
import { execute, statement } from '@amends/persistence';
import type { ClientBase } from 'pg';
import type { LogEntry } from './log-entry';

/** `source` of what was set aside at the door: it has no place in a partition. */
const DOOR = 'door';
const NO_PARTITION = -1;

const INSERT = statement(
  'log_quarantine_reused',
  `insert into quarantine (id, source, topic, partition, "offset", reason, detail,
     event_source, event_id, event_type, customer_id, payload)
   select i, '${DOOR}', t, ${String(NO_PARTITION)}, o, 'id_reused',
     'this source and id are known with another body', es, ei, et, c, convert_to(b, 'UTF8')
   from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
     $8::text[]) as u (i, t, o, es, ei, et, c, b)
   on conflict (source, topic, partition, "offset", rule_id) do nothing`,
);

/** Sets aside events whose (source, id) is known with another body; the same one only once. */
export async function quarantineReused(
  client: ClientBase,
  topics: Topics,
  entries: readonly LogEntry[],
): Promise<void> {
  const nowMs = Date.now();
  const digests = entries.map(({ event, bodyHash }) =>
    createHash('sha256').update(`${event.source}\0${event.id}\0`).update(bodyHash).digest(),
  );
  await execute(client, INSERT, [
    digests.map((digest) => derivedId('qua', nowMs, digest.toString('hex'))),
    entries.map(({ event }) => topics.topicOf(event.type)),
    // In place of an offset: the same for the same event and body.
    digests.map((digest) => BigInt.asUintN(63, digest.readBigUInt64BE())),
    entries.map(({ event }) => event.source),
    entries.map(({ event }) => event.id),
    entries.map(({ event }) => event.type),
    entries.map(({ event }) => event.customerId ?? null),
    entries.map(({ body }) => body),
  ]);
}
