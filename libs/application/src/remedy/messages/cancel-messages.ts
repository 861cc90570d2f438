import type { Sql } from '../../queries/sql';

/**
 * Takes back messages that have not been handed over yet. One that is being sent right now goes out:
 * whoever calls this holds the compensation, so it told of money that had moved.
 */
export async function cancelMessages(
  sql: Sql,
  about: { readonly compensationId: string } | { readonly incidentId: string },
  why: string,
): Promise<void> {
  const [column, id] =
    'compensationId' in about
      ? ['compensation_id', about.compensationId]
      : ['incident_id', about.incidentId];
  await sql.query(
    `update message set state = 'failed', held_by = null, lease_until = null,
       attempts = attempts || jsonb_build_array(jsonb_build_object(
         'at', now(), 'channel', channel, 'outcome', 'cancelled', 'detail', $2::text)),
       revision = revision + 1
     where ${column} = $1 and state in ('queued', 'held')`,
    [id, why],
  );
}
