import type { Sql } from '../../queries/sql';
import { changeIncidents, lockIncident } from '../incident/incident-rows';
import { LIVE_LANE } from '../model/incident';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { removeFromQueue, type QueueRow } from './queue-rows';

/** After so many tries a person is needed. */
export const TRIES_MAX = 10;

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5 * 60 * 1000;

/** The pause before the next try of a decision that failed `attempt` times. */
export function retryWaitMs(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
}

/** Classes of SQLSTATE that say something of the server, not of what was asked of it. */
const OF_THE_SERVER = ['08', '25', '40', '53', '55', '57', '58'];

/**
 * Whether an error is the decision's own. When the database is away, full or restarting, no
 * decision is to blame, and none is set aside.
 */
export function isOurs(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  if (typeof code !== 'string') return !isConnectionError(error);
  // SQLSTATE has five characters, and none begins with E; ECONNREFUSED, EPIPE and their like do.
  const isSqlState = code.length === 5 && !code.startsWith('E');
  return isSqlState && !OF_THE_SERVER.includes(code.slice(0, 2));
}

function isConnectionError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /connection|timeout|terminated|pool/i.test(error.message);
}

/** Ends the tries: the incident has failed, and says why. */
export async function giveUp(sql: Sql, row: QueueRow, reason: string): Promise<void> {
  const incident = await lockIncident(sql, row.incidentId);
  await removeFromQueue(sql, [row]);
  if (!incident) return;
  const isUndecided = row.kind === 'decide' && incident.lane === LIVE_LANE;
  await changeIncidents(sql, [
    {
      id: incident.id,
      why: [{ failed: row.kind, reason, attempts: TRIES_MAX, ok: false }],
      ...(isUndecided && { state: 'failed' as const }),
    },
  ]);
  await insertAudit(sql, [
    { author: REMEDY, action: 'incident.fail', object: `incident:${incident.id}`, reason },
  ]);
}
