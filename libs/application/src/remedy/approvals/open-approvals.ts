import { derivedId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import { insertRows } from '../store/insert-rows';

export interface ApprovalRequest {
  readonly compensation: Compensation;
  readonly reason: string;
  /** Two people have to say yes, however low the sum: it is part of a larger one. */
  readonly needsSecond?: boolean;
}

/** Asks a person for each of these compensations; returns the ids of the approvals. */
export async function openApprovals(
  sql: Sql,
  requests: readonly ApprovalRequest[],
): Promise<readonly string[]> {
  const rows = requests.map(({ compensation, reason, needsSecond = false }) => {
    const { id, round, revision, incidentAtMs, money } = compensation;
    return {
      // A compensation may be asked about again: after a hold, or when an outcome is unknown.
      id: derivedId('apr', incidentAtMs, JSON.stringify([id, round, revision, reason])),
      compensation_id: id,
      incident_id: compensation.incidentId,
      state: 'open',
      reason,
      content_hash: compensation.contentHash,
      amount_minor: money.minor,
      currency: money.currency,
      requested_by: compensation.proposedBy,
      needs_second: needsSecond,
    };
  });
  await insertRows(
    sql,
    'approval',
    {
      id: 'text',
      compensation_id: 'text',
      incident_id: 'text',
      state: 'text',
      reason: 'text',
      content_hash: 'text',
      amount_minor: 'bigint',
      currency: 'text',
      requested_by: 'text',
      needs_second: 'boolean',
    },
    rows,
  );
  return rows.map(({ id }) => id);
}

/** Closes what is asked about a compensation that no longer needs an answer. */
export async function voidApprovals(sql: Sql, compensationId: string): Promise<void> {
  await sql.query(
    `update approval set state = 'void', decided_at = now(), revision = revision + 1
     where compensation_id = $1 and state = 'open'`,
    [compensationId],
  );
}
