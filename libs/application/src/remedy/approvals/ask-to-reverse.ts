import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { Refusal } from '../../access/refusal';
import { newId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';

interface Row {
  readonly id: string;
  readonly requested_by: string;
  readonly is_new: boolean;
}

/**
 * Asks a second person to take back a compensation that the caller has locked; answers the approval's
 * id. Asked for again by the same person it is the one that waits already.
 *
 * @throws Refusal `conflict`: somebody else has asked for it, and can be told yes
 */
export async function askToReverse(
  sql: Sql,
  asked: Asked,
  compensation: Compensation,
  reason: string,
): Promise<string> {
  const { id, incidentId, contentHash, money, customerId } = compensation;
  const by = asked.actor.id;
  const { rows } = await sql.query<Row>(
    `insert into approval (id, kind, compensation_id, incident_id, change, state, reason, content_hash,
       amount_minor, currency, requested_by)
     values ($1, 'compensation.reverse', $2, $3, $4, 'open', 'over the second threshold', $5, $6, $7, $8)
     on conflict (compensation_id) where state = 'open' do update set revision = approval.revision
     returning id, requested_by, id = $1 as is_new`,
    [
      newId('apr', Date.now()),
      id,
      incidentId,
      JSON.stringify({ reason }),
      contentHash,
      money.minor,
      money.currency,
      by,
    ],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('nobody was asked');
  const { id: approvalId, requested_by: requestedBy } = row;
  if (requestedBy !== by) {
    throw new Refusal('conflict', {
      detail: `Somebody else has asked for it already: decide about ${approvalId}.`,
      extra: { reason: 'already_asked', approval_id: approvalId },
    });
  }
  if (!row.is_new) return approvalId;
  const author = askedAuthor(asked);
  await insertAudit(sql, [
    {
      author,
      action: 'approval.ask',
      object: `approval:${approvalId}`,
      ...wordsAbout(customerId, author),
      after: { reverse: id, amount: formatMoney(money) },
      reason,
    },
  ]);
  return approvalId;
}
