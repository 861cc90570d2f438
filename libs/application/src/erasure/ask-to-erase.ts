import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { documentHash } from '../admin/document-hash';
import { SHARED_DETECT_LOCK } from '../detector/detect-lock';
import { newId } from '../ids/ids';
import type { Sql } from '../queries/sql';
import { requireOwnQuestion, type AskedQuestion } from '../second-person/own-question';
import { requireNotErased } from './erased-customers';

/**
 * Asks a second person to erase a customer; answers the approval's id. Asked for again by the same person
 * it is the one that waits already.
 *
 * @throws Refusal `erased`; `conflict`: somebody else has asked for it, and can be told yes
 */
export async function askToErase(
  sql: Sql,
  asked: Asked,
  customerId: string,
  reason: string | null,
): Promise<string> {
  // Whoever erases them at this moment waits for this row and empties it, or is seen.
  await sql.query(SHARED_DETECT_LOCK);
  await requireNotErased(sql, customerId);
  const about = `customer:${customerId}`;
  const by = asked.actor.id;
  const { rows } = await sql.query<AskedQuestion>(
    `insert into approval (id, kind, about, change, state, reason, content_hash, requested_by)
     values ($1, 'customer.erase', $2, $3, 'open', 'four eyes', $4, $5)
     on conflict (about) where state = 'open' and kind = 'customer.erase'
       do update set revision = approval.revision
     returning id, requested_by, id = $1 as is_new`,
    [
      newId('apr', Date.now()),
      about,
      JSON.stringify({ reason }),
      documentHash(['customer.erase', about]),
      by,
    ],
  );
  const row = requireOwnQuestion(rows[0], by);
  if (row.is_new) {
    // Not under the customer's name, which would stay if they are being erased at this moment.
    const entry = { action: 'approval.ask', object: `approval:${row.id}`, customerId };
    await writeAudit(sql, asked, { ...entry, after: { about }, reason: reason ?? undefined });
  }
  return row.id;
}
