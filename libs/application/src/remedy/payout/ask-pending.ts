import type { Sql } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { endAttempt, latestAttempt, noteAsk, type Attempt } from './attempt-rows';
import { failAccepted } from './fail-accepted';
import type { PayoutInquiry } from './payout-provider';
import { pendingWaitMs } from './retry-policy';

const AT_ONCE_MAX = 8;
/** Longer than any question takes, should whoever asks die in between. */
const LEASE_MS = 5 * 60_000;

/**
 * Asks after payouts that were accepted and are not through yet, ever less often: a refund can fail
 * days later. What nobody can answer stays as it is.
 */
export class AskPending {
  constructor(private readonly remedy: Remedy) {}

  /** How many were asked after. */
  async execute(): Promise<number> {
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `update payment_attempt set ask_at = clock_timestamp() + $1::float8 * interval '1 ms'
       where id in (select id from payment_attempt where ask_at <= clock_timestamp()
         order by ask_at limit ${String(AT_ONCE_MAX)} for update skip locked)
       returning compensation_id as id`,
      [LEASE_MS],
    );
    await Promise.all(rows.map(({ id }) => this.ask(id)));
    return rows.length;
  }

  private async ask(compensationId: string): Promise<void> {
    const { database, providers, observer } = this.remedy;
    const attempt = await latestAttempt(database, compensationId);
    if (!attempt) return;
    const provider = providers.named(attempt.provider);
    const answer: PayoutInquiry = provider?.canQuery
      ? await provider.query(attempt.key).catch(() => ({ kind: 'unknown', reason: 'no answer' }))
      : { kind: 'unknown', reason: 'nobody to ask' };
    const isFailed = await database.transaction((sql) => this.record(sql, attempt, answer));
    if (isFailed) {
      observer.alarm('a payout failed after it had been accepted', { compensationId });
    }
  }

  /** Whether it has failed. */
  private async record(sql: Sql, asked: Attempt, answer: PayoutInquiry): Promise<boolean> {
    const compensation = await lockCompensation(sql, asked.compensationId);
    const latest = await latestAttempt(sql, asked.compensationId);
    if (compensation?.state !== 'settled' || latest?.id !== asked.id || !latest.isPending) {
      await noteAsk(sql, asked.id, null);
      return false;
    }
    if (answer.kind === 'rejected') {
      const failureProof = `${answer.code}: ${answer.proof}`;
      await endAttempt(sql, latest.id, { state: 'failed', failureProof });
      await failAccepted(sql, this.remedy, compensation, failureProof);
      return true;
    }
    if (answer.kind === 'accepted' && !answer.isPending) {
      await endAttempt(sql, latest.id, { state: 'succeeded' });
      const arrives = answer.arrives ?? undefined;
      if (arrives !== undefined) {
        await changeCompensation(sql, compensation.id, { state: 'settled', arrives });
      }
      return false;
    }
    const waitMs = pendingWaitMs(latest.ageMs);
    if (waitMs === null) {
      const about = { compensationId: compensation.id };
      this.remedy.observer.warn('a payout that was accepted is still not through', about);
    }
    await noteAsk(sql, latest.id, waitMs);
    return false;
  }
}
