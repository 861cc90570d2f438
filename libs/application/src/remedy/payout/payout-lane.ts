import { traceIdOf } from '@amends/contracts';
import type { Remedy } from '../remedy';
import { AskPending } from './ask-pending';
import { learnCapture } from './learn-capture';
import type { PayoutAnswer, PayoutAttempt, PayoutInquiry, PayoutProvider } from './payout-provider';
import { preparePayout, type PreparedPayout } from './prepare-payout';
import { ProviderGuard } from './provider-guard';
import { recordAnswer } from './record-answer';

/** Less than the margin that a lease has beyond the time-out of a provider. */
const LATE_MS = 10_000;
const TOO_LATE = { kind: 'unknown', reason: 'not sent: the lease was running out' } as const;

type Asking = Extract<PreparedPayout, { kind: 'send' | 'query' }>;

/**
 * Sends what one provider is to pay, asks it about what is unknown, and writes down what comes of it.
 * Nothing is ever sent that was not written down before, and no answer means: unknown. Each provider
 * has a lane of its own, so that one that is slow keeps up nobody else.
 */
export class PayoutLane {
  readonly name: string;
  private readonly guard: ProviderGuard;
  private readonly askPending: AskPending;
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly remedy: Remedy,
    provider: PayoutProvider,
  ) {
    this.name = provider.name;
    this.guard = new ProviderGuard(provider, (word) => {
      remedy.observer.circuit(provider.name, word);
    });
    this.askPending = new AskPending(remedy, provider, this.guard);
  }

  /** Starts as much of what is due as the provider has room for, and does not wait for it. */
  async turn(): Promise<number> {
    const { room } = this.guard;
    if (room === 0) return 0;
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `select id from compensation
       where provider = $1 and state in ('reserved', 'sending', 'unknown')
         and next_attempt_at <= now() and id <> all($2)
       order by next_attempt_at limit $3`,
      [this.name, [...this.running.keys()], room],
    );
    for (const { id } of rows) this.start(id);
    return rows.length;
  }

  /** Asks after what was accepted and is not through yet; how many were asked after. */
  ask(): Promise<number> {
    return this.askPending.execute();
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running.values());
  }

  private start(id: string): void {
    const { observer, wake } = this.remedy;
    const work = this.guard
      .occupy(() => this.pay(id))
      .catch((error: unknown) => {
        observer.alarm('a payout could not be worked on', { compensationId: id, error });
      })
      .finally(() => {
        this.running.delete(id);
        observer.inFlight(this.name, this.guard.busy);
        wake.signal('payouts');
      });
    this.running.set(id, work);
    observer.inFlight(this.name, this.guard.busy);
  }

  private prepare(id: string): Promise<PreparedPayout> {
    return this.remedy.database.transaction((sql) => preparePayout(sql, this.remedy, id));
  }

  private async pay(id: string): Promise<void> {
    const { database, observer, wake } = this.remedy;
    let preparedMs = performance.now();
    let prepared = await this.prepare(id);
    if (prepared.kind === 'read-payment') {
      const { provider, payment } = prepared;
      if (!(await learnCapture(this.remedy, provider, id, payment))) return;
      preparedMs = performance.now();
      prepared = await this.prepare(id);
    }
    if (prepared.kind === 'nothing' || prepared.kind === 'read-payment') return;
    observer.reached('payout.after-attempt-row');

    const startedMs = performance.now();
    // Stopped in between (a suspended process, say): the lease may be over, and a hold in force.
    const isLate = startedMs - preparedMs > LATE_MS;
    const answer = isLate ? TOO_LATE : await this.request(prepared);
    const seconds = (performance.now() - startedMs) / 1000;
    observer.reached('payout.before-record');

    const { attempt } = prepared;
    const recorded = await database.transaction((sql) =>
      recordAnswer(sql, this.remedy, attempt, answer),
    );
    observer.reached('payout.after-record');
    observer.attempted(this.name, recorded, seconds);
    if (recorded === 'settled' || recorded === 'pending') {
      const { kind, money, incidentAtMs } = prepared.compensation;
      observer.settled(kind, money.currency, money.minor);
      observer.madeGood('moved', Math.max(0, Date.now() - incidentAtMs) / 1000);
      wake.signal('messages');
    }
    if (recorded === 'failed') {
      const traceId = prepared.kind === 'send' ? traceIdOf(prepared.traceparent) : undefined;
      const about = { compensationId: id, code: codeOf(answer) };
      observer.alarm('a payout failed', traceId === undefined ? about : { ...about, traceId });
    }
  }

  private request(prepared: Asking): Promise<PayoutAnswer | PayoutInquiry> {
    const { provider, attempt, compensation } = prepared;
    if (prepared.kind === 'send') {
      return this.guard.ask(() => provider.send(toPayoutAttempt(prepared)));
    }
    const { key, providerRef } = attempt;
    return this.guard.ask(() =>
      provider.query({ key, payment: compensation.payment, providerRef }),
    );
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
