import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { Refusal } from '../access/refusal';
import { documentHash } from '../admin/document-hash';
import { newId } from '../ids/ids';
import type { Database, Sql } from '../queries/sql';
import { readSettings } from '../settings/read-settings';
import type { Settings } from '../settings/settings-document';

/** What may need the yes of another person. */
export interface Change {
  readonly kind: 'rollout.set' | 'budget.change' | 'hold.release' | 'settings.change';
  /** `rule:late-delivery` */
  readonly about: string;
  /** What is to be, as plain JSON: any other content needs another yes. */
  readonly content: Readonly<Record<string, unknown>>;
  /** Who wrote what goes live: they do not approve it either. */
  readonly authors?: readonly string[];
}

function isWanted(kind: Change['kind'], { four_eyes: wanted }: Settings): boolean {
  switch (kind) {
    case 'rollout.set':
      return wanted.rollouts;
    case 'budget.change':
      return wanted.budgets;
    case 'hold.release':
      return wanted.hold_releases;
    case 'settings.change':
      // Or one person could switch the others off.
      return wanted.rollouts || wanted.budgets || wanted.hold_releases || wanted.erasures;
  }
}

/** A yes that was not made use of for so long is none any more. */
const GOOD_FOR = '7 days';

/**
 * Makes a change in a transaction; where the account wants four eyes for it, only with the yes of
 * another person to this very content. Without, nothing is changed: the yes is asked for, and the
 * answer names it. Once it is given, the same request goes through, once.
 */
export async function withSecondPerson<T>(
  database: Database,
  asked: Asked,
  change: Change | null,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const outcome = await database.transaction(async (sql) => {
    const approvalId = change === null ? undefined : await missingYes(sql, asked, change);
    return approvalId === undefined ? { done: await work(sql) } : { approvalId };
  });
  if ('done' in outcome) return outcome.done;
  throw new Refusal('approval_required', {
    detail: `Another person has to say yes first: ${outcome.approvalId}. Then send the same again.`,
    extra: { approval_id: outcome.approvalId },
  });
}

/** The approval that is waited for; undefined: none is needed, or it was given and is now used. */
async function missingYes(sql: Sql, asked: Asked, change: Change): Promise<string | undefined> {
  const { settings } = await readSettings(sql);
  if (!isWanted(change.kind, settings)) return undefined;
  const { kind, about, content, authors = [] } = change;
  const hash = documentHash([kind, about, content]);
  const { rows: given } = await sql.query<{ id: string }>(
    `select id from approval
     where about = $1 and content_hash = $2 and state = 'approved' and used_at is null
       and decided_at > now() - interval '${GOOD_FOR}'
     order by decided_at limit 1 for update skip locked`,
    [about, hash],
  );
  if (given[0]) {
    await sql.query('update approval set used_at = now() where id = $1', [given[0].id]);
    return undefined;
  }
  const by = asked.actor.id;
  const { rows: made } = await sql.query<{ id: string }>(
    `insert into approval (id, kind, about, change, authors, state, reason, content_hash, requested_by)
     values ($1, $2, $3, $4, $5, 'open', $6, $7, $8) on conflict do nothing returning id`,
    [
      newId('apr', Date.now()),
      kind,
      about,
      JSON.stringify(content),
      authors,
      'four eyes',
      hash,
      by,
    ],
  );
  if (made[0]) {
    await writeAudit(sql, asked, { action: 'approval.ask', object: about, after: content });
    return made[0].id;
  }
  const { rows: waiting } = await sql.query<{ id: string }>(
    `select id from approval
     where about = $1 and content_hash = $2 and requested_by = $3 and state = 'open'`,
    [about, hash, by],
  );
  return waiting[0]?.id ?? '';
}
