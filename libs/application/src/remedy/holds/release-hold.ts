import type { Money } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import { requireManager } from '../../access/require-manager';
import { newId } from '../../ids/ids';
import { insertJob } from '../../jobs/job-rows';
import type { Sql } from '../../queries/sql';
import { withSecondPerson } from '../../second-person/with-second-person';
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
  /** What lets it go, in the background. */
  readonly jobId: string;
  /** Compensations and messages that are let go, in the background. */
  readonly items: number;
  readonly money: readonly Money[];
}

/**
 * Lifts a hold. What it held is let go item by item by `DrainHolds`, as a job; should that be
 * cancelled, what is still held can be released again.
 */
export class ReleaseHold {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ReleaseHoldInput): Promise<HoldReleased> {
    const change = {
      kind: 'hold.release',
      about: `hold:${input.id}`,
      content: { held_items: input.heldItems },
    } as const;
    const { database } = this.remedy;
    const released = await withSecondPerson(database, asked, change, async (sql) => {
      await closeGate(sql);
      await lockOpenHold(sql, input.id, input.revision);
      const jobId = newId('job', Date.now());
      const held = await countHeld(sql, input.id);
      if (input.heldItems === 'drop' && held.items > 0) requireManager(asked.actor);
      await insertJob(sql, {
        id: jobId,
        action: 'hold.release',
        about: `hold:${input.id}`,
        total: held.items,
        note: input.note,
        createdBy: asked.actor.id,
      });
      await sql.query(
        `update hold set state = 'released', job_id = $5, drained_at = null, held_items = $2, released_by = $3,
           released_at = coalesce(released_at, clock_timestamp()), release_note = $4, revision = revision + 1
         where id = $1`,
        [input.id, input.heldItems, asked.actor.id, input.note, jobId],
      );
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'hold.release',
          object: `hold:${input.id}`,
          after: { held_items: input.heldItems, job: jobId },
          reason: input.note,
        },
      ]);
      return { ...held, jobId };
    });
    this.remedy.wake.signal('payouts');
    return released;
  }
}

async function lockOpenHold(sql: Sql, id: string, revision: number | undefined): Promise<void> {
  const { rows } = await sql.query<{ state: string; revision: number; job: string | null }>(
    `select state, revision, (select j.state from job j where j.id = hold.job_id) as job
     from hold where id = $1 for update`,
    [id],
  );
  const [hold] = rows;
  if (!hold) throw notFound();
  const isOpen = hold.state === 'active' || hold.state === 'activating';
  if (!isOpen && hold.job !== 'cancelled') {
    throw new Refusal('conflict', { extra: { reason: hold.state } });
  }
  if (revision !== undefined && revision !== hold.revision) {
    throw new Refusal('precondition_failed', { etag: `h${String(hold.revision)}` });
  }
}

/** What a hold holds now. */
async function countHeld(sql: Sql, holdId: string): Promise<Omit<HoldReleased, 'jobId'>> {
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
