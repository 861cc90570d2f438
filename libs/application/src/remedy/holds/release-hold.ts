import type { Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { closeGate } from './hold-gate';

/** What becomes of what it held: paid, looked at by a person, or dropped. */
export type HeldItems = 'pay' | 'review' | 'drop';

export interface ReleaseHoldInput {
  readonly id: string;
  readonly revision?: number | undefined;
  readonly heldItems: HeldItems;
  readonly note: string | null;
}

export interface HoldReleased {
  readonly holdId: string;
  /** Compensations and messages that are let go, in the background. */
  readonly items: number;
  readonly money: readonly Money[];
}

/** Lifts a hold. What it held is let go item by item by `DrainHolds`. */
export class ReleaseHold {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ReleaseHoldInput): Promise<HoldReleased> {
    const released = await this.remedy.database.transaction(async (sql) => {
      await closeGate(sql);
      await lockOpenHold(sql, input.id, input.revision);
      await sql.query(
        `update hold set state = 'released', held_items = $2, released_by = $3,
           released_at = clock_timestamp(), release_note = $4, revision = revision + 1
         where id = $1`,
        [input.id, input.heldItems, asked.actor.id, input.note],
      );
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'hold.release',
          object: `hold:${input.id}`,
          after: { held_items: input.heldItems },
          reason: input.note,
        },
      ]);
      return countHeld(sql, input.id);
    });
    this.remedy.wake.signal('payouts');
    return released;
  }
}

async function lockOpenHold(sql: Sql, id: string, revision: number | undefined): Promise<void> {
  const { rows } = await sql.query<{ state: string; revision: number }>(
    'select state, revision from hold where id = $1 for update',
    [id],
  );
  const [hold] = rows;
  if (!hold) throw notFound();
  if (hold.state !== 'active' && hold.state !== 'activating') {
    throw new Refusal('conflict', { extra: { reason: hold.state } });
  }
  if (revision !== undefined && revision !== hold.revision) {
    throw new Refusal('precondition_failed', { etag: `h${String(hold.revision)}` });
  }
}

/** What a hold holds now. */
export async function countHeld(sql: Sql, holdId: string): Promise<HoldReleased> {
  const { rows: sums } = await sql.query<{ currency: string; minor: bigint; count: number }>(
    `select currency::text as currency, sum(amount_minor)::bigint as minor, count(*)::int as count
     from compensation where state = 'held' and held_by = $1 group by 1 order by 1`,
    [holdId],
  );
  const { rows: messages } = await sql.query<{ count: number }>(
    `select count(*)::int as count from message where state = 'held' and held_by = $1`,
    [holdId],
  );
  const compensations = sums.reduce((count, sum) => count + sum.count, 0);
  return {
    holdId,
    items: compensations + (messages[0]?.count ?? 0),
    money: sums.map(({ currency, minor }) => ({ minor: minor, currency })),
  };
}
