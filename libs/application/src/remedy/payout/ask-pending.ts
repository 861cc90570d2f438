import type { Sql } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { endAttempt, latestAttempt, noteAsk, type Attempt } from './attempt-rows';
import { failAccepted } from './fail-accepted';
import type { PayoutInquiry, PayoutProvider } from './payout-provider';
import type { ProviderGuard } from './provider-guard';
import { pendingWaitMs } from './retry-policy';

/** Longer than any question takes, should whoever asks die in between. */
const LEASE_MS = 5 * 60_000;

/**
 * Asks one provider after payouts that were accepted and are not through yet, ever less often: a
 * refund can fail days later. What nobody can answer stays as it is.
 */
export class AskPending {
  constructor(
    private readonly remedy: Remedy,
    private readonly provider: PayoutProvider,
    private readonly guard: ProviderGuard,
  ) {}

  /** Asks after as many as the provider has room for; how many there were. */
  async execute(): Promise<number> {
    const { room } = this.guard;
    if (room === 0) return 0;
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `update payment_attempt set ask_at = clock_timestamp() + $1::float8 * interval '1 ms'
       where id in (select id from payment_attempt
         where ask_at <= clock_timestamp() and provider = $2
         order by ask_at limit $3 for update skip locked)
       returning compensation_id as id`,
      [LEASE_MS, this.provider.name, room],
    );
    await Promise.all(rows.map(({ id }) => this.guard.occupy(() => this.ask(id))));
    return rows.length;
  }

  private async ask(compensationId: string): Promise<void> {
    const { database, observer } = this.remedy;
    const attempt = await latestAttempt(database, compensationId);
    if (!attempt) return;
    const payment = await readPayment(database, compensationId);
    const { key, providerRef } = attempt;
    const answer: PayoutInquiry = this.provider.capabilities.canQuery
      ? await this.guard.ask(() => this.provider.query({ key, payment, providerRef }))
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

async function readPayment(sql: Sql, compensationId: string): Promise<string | null> {
  const { rows } = await sql.query<{ payment: string | null }>(
    'select payment from compensation where id = $1',
    [compensationId],
  );
  return rows[0]?.payment ?? null;
}
