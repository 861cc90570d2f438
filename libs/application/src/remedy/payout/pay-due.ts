import { traceIdOf } from '@amends/contracts';
import type { Remedy } from '../remedy';
import { AskPending } from './ask-pending';
import type { PayoutAnswer, PayoutAttempt, PayoutInquiry } from './payout-provider';
import { preparePayout, type PreparedPayout } from './prepare-payout';
import { recordAnswer } from './record-answer';

const AT_ONCE_MAX = 8;
/** Less than the margin that a lease has beyond the time-out of a provider. */
const LATE_MS = 10_000;
const TOO_LATE = { kind: 'unknown', reason: 'not sent: the lease was running out' } as const;

/**
 * Sends what is due to its provider, asks about what is unknown, and writes down what comes of it.
 * Nothing is ever sent that was not written down before, and no answer means: unknown.
 */
export class PayDue {
  private readonly askPending: AskPending;

  constructor(private readonly remedy: Remedy) {
    this.askPending = new AskPending(remedy);
  }

  /** How many payouts were worked on. */
  async execute(): Promise<number> {
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `select id from compensation
       where state in ('reserved', 'sending', 'unknown') and next_attempt_at <= now()
       order by next_attempt_at limit ${String(AT_ONCE_MAX)}`,
    );
    await Promise.all(rows.map(({ id }) => this.pay(id)));
    return rows.length + (await this.askPending.execute());
  }

  private async pay(id: string): Promise<void> {
    const { database, observer, wake } = this.remedy;
    const preparedMs = performance.now();
    const prepared = await database.transaction((sql) => preparePayout(sql, this.remedy, id));
    if (prepared.kind === 'nothing') return;
    observer.reached('payout.after-attempt-row');

    const startedMs = performance.now();
    // Stopped in between (a suspended process, say): the lease may be over, and a hold in force.
    const isLate = startedMs - preparedMs > LATE_MS;
    const answer = isLate ? TOO_LATE : await ask(prepared);
    const seconds = (performance.now() - startedMs) / 1000;
    observer.reached('payout.before-record');

    const recorded = await database.transaction((sql) =>
      recordAnswer(sql, this.remedy, prepared.attempt, answer),
    );
    observer.reached('payout.after-record');
    observer.attempted(prepared.provider.name, recorded, seconds);
    if (recorded === 'settled' || recorded === 'pending') {
      const { kind, money } = prepared.compensation;
      observer.settled(kind, money.currency, money.minor);
      wake.signal('messages');
    }
    if (recorded === 'failed') {
      const traceId = prepared.kind === 'send' ? traceIdOf(prepared.traceparent) : undefined;
      const about = { compensationId: id, code: codeOf(answer) };
      observer.alarm('a payout failed', traceId === undefined ? about : { ...about, traceId });
    }
  }
}

async function ask(
  prepared: Exclude<PreparedPayout, { kind: 'nothing' }>,
): Promise<PayoutAnswer | PayoutInquiry> {
  const { provider, attempt } = prepared;
  try {
    if (prepared.kind === 'query') return await provider.query(attempt.key);
    return await provider.send(toPayoutAttempt(prepared));
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : 'no answer' };
  }
}

function toPayoutAttempt({
  compensation,
  attempt,
  isResend,
  traceparent,
}: Extract<PreparedPayout, { kind: 'send' }>): PayoutAttempt {
  return {
    key: attempt.key,
    kind: compensation.kind,
    money: compensation.money,
    compensationId: compensation.id,
    incidentId: compensation.incidentId,
    customerId: compensation.customerId,
    payment: compensation.payment,
    orderId: compensation.orderId,
    isResend,
    traceparent,
  };
}

function codeOf(answer: PayoutAnswer | PayoutInquiry): string {
  return answer.kind === 'rejected' ? answer.code : answer.kind;
}
