import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { Budgets } from '../budgets/budgets';
import { shareGate } from '../holds/hold-gate';
import { countAgain } from '../limits/count-again';
import type { Compensation, CompensationState } from '../model/compensation';
import { finish, proceed, readOrigin, type Proceeded } from '../money/proceed';
import type { Remedy } from '../remedy';
import { readGeneration, refreshRuleBook, SHARE_RULE_BOOK } from '../rules/refresh-rule-book';
import { clockNowMs } from '../skip/clock-now';
import { askedAuthor, insertAudit } from '../store/audit-rows';
import { lockCompensation } from '../store/compensation-rows';

export interface CompensationChanged {
  readonly compensationId: string;
  readonly state: CompensationState;
}

/**
 * Pays a failed compensation anew, under a new attempt number. Only a positive failure can be
 * retried: of an outcome that is unknown, nobody knows whether a second payment would be one.
 */
export class RetryCompensation {
  constructor(private readonly remedy: Remedy) {}

  async execute(
    asked: Asked,
    input: { readonly id: string; readonly revision?: number | undefined },
  ): Promise<CompensationChanged> {
    await refreshRuleBook(this.remedy);
    const proceeded = await this.remedy.database.transaction((sql) =>
      this.retry(sql, asked, input),
    );
    if (proceeded.kind === 'already_put_right') {
      throw new Refusal('conflict', { extra: { reason: 'already_put_right' } });
    }
    if (proceeded.kind === 'started') proceeded.payouts.announce();
    return { compensationId: input.id, state: proceeded.compensation.state };
  }

  private async retry(
    sql: Sql,
    asked: Asked,
    { id, revision }: { readonly id: string; readonly revision?: number | undefined },
  ): Promise<Proceeded> {
    await shareGate(sql);
    await sql.query(SHARE_RULE_BOOK);
    if ((await readGeneration(sql)) !== this.remedy.rules.generation) throw changedMeanwhile();
    const failed = await lockCompensation(sql, id);
    if (!failed) throw notFound();
    requireRevision(failed, revision);
    if (failed.state !== 'failed') {
      throw new Refusal('conflict', {
        detail: 'Only a payout that has positively failed can be retried.',
        extra: { reason: failed.state === 'unknown' ? 'outcome_unknown' : failed.state },
      });
    }
    await requireOnlyOne(sql, failed);
    const origin = await readOrigin(sql, this.remedy, failed);
    await countAgain(sql, this.remedy, failed, origin);
    const budgets = await Budgets.lock(sql, [failed]);
    const verdict = budgets.reserve(failed, await clockNowMs(sql, this.remedy.clock));
    if (verdict.kind === 'exhausted') {
      throw new Refusal('conflict', { extra: { reason: 'budget_exhausted' } });
    }
    const again: Compensation = {
      ...failed,
      state: 'proposed',
      budgetId: verdict.kind === 'reserved' ? verdict.budgetId : null,
      round: failed.round + 1,
    };
    const author = askedAuthor(asked);
    await insertAudit(sql, [
      {
        author,
        action: 'compensation.retry',
        object: `compensation:${id}`,
        before: { state: 'failed' },
        after: { amount: formatMoney(failed.money), round: again.round },
      },
    ]);
    const proceeded = await proceed(sql, this.remedy, budgets, again, origin, author);
    await finish(sql, budgets, proceeded, failed.incidentId);
    return proceeded;
  }
}

/** Another may have been given by hand for the same incident since. */
async function requireOnlyOne(sql: Sql, { id, incidentId, unit }: Compensation): Promise<void> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from compensation where incident_id = $1 and unit = $2 and id <> $3
       and state not in ('failed', 'withdrawn', 'rejected', 'reversed')`,
    [incidentId, unit, id],
  );
  if (rows[0] === undefined) return;
  throw new Refusal('conflict', {
    extra: { reason: 'already_compensated', compensation_id: rows[0].id },
  });
}

/** Refuses a change to something that is not as it was read. */
export function requireRevision(
  { revision: current }: { readonly revision: number },
  revision: number | undefined,
): void {
  if (revision === undefined || revision === current) return;
  throw new Refusal('precondition_failed', { etag: `r${String(current)}` });
}

function changedMeanwhile(): Refusal {
  return new Refusal('unavailable', { detail: 'The rules are just being changed; try again.' });
}
