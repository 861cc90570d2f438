import { createHash } from 'node:crypto';
import { derivedId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { insertRows } from '../store/insert-rows';

/** What waits for a person without a compensation yet: an apology, or money whose sum the rule cannot name. */
export interface BareRequest {
  readonly incidentId: string;
  /** The accrual unit; 0: the incident as a whole. */
  readonly unit: number;
  readonly customerId: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** The incident's time: part of the id. */
  readonly atMs: number;
}

/** Asks a person for each of these. */
export async function openBareApprovals(sql: Sql, requests: readonly BareRequest[]): Promise<void> {
  await insertRows(
    sql,
    'approval',
    {
      id: 'text',
      incident_id: 'text',
      unit: 'int',
      state: 'text',
      reason: 'text',
      content_hash: 'text',
      requested_by: 'text',
    },
    requests.map(({ incidentId, unit, customerId, requestedBy, reason, atMs }) => ({
      id: derivedId('apr', atMs, JSON.stringify([incidentId, unit, 'word'])),
      incident_id: incidentId,
      unit,
      state: 'open',
      reason,
      content_hash: contentHashOf([incidentId, unit, customerId, 'word']),
      requested_by: requestedBy,
    })),
  );
}

/** Closes what is asked about an incident that no longer needs an answer. */
export async function voidBareApprovals(sql: Sql, incidentId: string): Promise<void> {
  await sql.query(
    `update approval set state = 'void', decided_at = now(), revision = revision + 1
     where incident_id = $1 and compensation_id is null and state = 'open'`,
    [incidentId],
  );
}

function contentHashOf(content: readonly unknown[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}
