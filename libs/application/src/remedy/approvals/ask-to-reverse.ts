import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { newId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { requireOwnQuestion, type AskedQuestion } from '../../second-person/own-question';
import type { Compensation } from '../model/compensation';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { OVER_SECOND_THRESHOLD } from './second-threshold';

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
  const { rows } = await sql.query<AskedQuestion>(
    `insert into approval (id, kind, compensation_id, incident_id, change, state, reason, content_hash,
       amount_minor, currency, requested_by)
     values ($1, 'compensation.reverse', $2, $3, $4, 'open', $9, $5, $6, $7, $8)
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
      OVER_SECOND_THRESHOLD,
    ],
  );
  const { id: approvalId, is_new: isNew } = requireOwnQuestion(rows[0], by);
  if (!isNew) return approvalId;
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
