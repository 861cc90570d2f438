import type { Asked } from '../../access/actor';
import { concealPersonal, type AboutCustomer } from '../../audit/personal-part';
import type { Sql } from '../../queries/sql';
import { insertRows } from './insert-rows';

/** Who changed something: a person, or a rule through the program. */
export interface Author {
  readonly kind: string;
  readonly id: string;
  readonly requestId: string | null;
}

export interface AuditRow extends AboutCustomer {
  readonly action: string;
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null;
}

/** What the program does by itself, on nobody's behalf. */
export const REMEDY: Author = { kind: 'system', id: 'remedy', requestId: null };

/** What the program does because a rule says so. */
export function ruleAuthor(ruleId: string, version: number): Author {
  return { kind: 'rule', id: `${ruleId}@${String(version)}`, requestId: null };
}

/** Who asked for a change over the API. */
export function askedAuthor({ actor, requestId }: Asked): Author {
  return { kind: actor.kind, id: actor.id, requestId: requestId === '' ? null : requestId };
}

/** What a person writes about a customer's money is about the customer: it is kept under their key. */
export function wordsAbout(customerId: string, { kind }: Author): { customerId?: string } {
  return kind === 'key' || kind === 'user' ? { customerId } : {};
}

/** Writes any number of audit rows; in the transaction of the changes they tell of (guarantee 5). */
export async function insertAudit(
  sql: Sql,
  rows: readonly (AuditRow & { readonly author: Author })[],
): Promise<void> {
  const kept = await concealPersonal(sql, rows);
  await insertRows(
    sql,
    'audit',
    {
      actor_kind: 'text',
      actor_id: 'text',
      action: 'text',
      object: 'text',
      before: 'jsonb',
      after: 'jsonb',
      reason: 'text',
      request_id: 'text',
      pseudonym: 'text',
      personal: 'bytea',
    },
    kept.map(({ author, action, object, before, after, reason, pseudonym, personal }) => ({
      actor_kind: author.kind,
      actor_id: author.id,
      action,
      object,
      before: before ?? null,
      after: after ?? null,
      reason: reason ?? null,
      request_id: author.requestId,
      pseudonym,
      personal: personal && `\\x${personal.toString('hex')}`,
    })),
  );
}
