import {
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  timeout,
  TimeoutStrategy,
  wrap,
  type CircuitBreakerPolicy,
  type IPolicy,
} from 'cockatiel';
import type { PayoutAnswer, PayoutInquiry, PayoutProvider } from './payout-provider';

/** So many answers in a row that say nothing open the circuit. */
const TROUBLES_MAX = 5;
/** How long an open circuit lets nobody pass; then one may try. */
export const OPEN_MS = 10_000;
/** No provider can keep everybody else waiting for longer, whatever it asks for. */
const PAUSE_MAX_MS = 5 * 60_000;
/** An adapter that does not keep its own time-out is given up so much later. */
const OVERTIME_MS = 3_000;

type Said = PayoutAnswer | PayoutInquiry;

export type CircuitWord = 'closed' | 'open' | 'half-open';

/**
 * Stands between the payer and one provider: so many requests at a time, none at all while it is in
 * trouble or has asked for a pause. What is not sent stays set aside, and is not lost.
 */
export class ProviderGuard {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly policy: IPolicy;
  private openedAtMs = 0;
  private pausedUntilMs = 0;
  private inFlight = 0;

  constructor(
    private readonly provider: PayoutProvider,
    private readonly onCircuit: (word: CircuitWord) => void,
  ) {
    this.breaker = circuitBreaker(
      handleWhenResult((said) => isTrouble(said as Said)),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(TROUBLES_MAX) },
    );
    const late = timeout(provider.timeoutMs + OVERTIME_MS, TimeoutStrategy.Aggressive);
    this.policy = wrap(this.breaker, late);
    this.breaker.onStateChange((state) => {
      if (state === CircuitState.Open) this.openedAtMs = performance.now();
      this.onCircuit(wordOf(state));
    });
  }

  /** How many more requests it may be sent now. */
  get room(): number {
    if (performance.now() < this.pausedUntilMs) return 0;
    const one = this.inFlight === 0 ? 1 : 0;
    switch (this.breaker.state) {
      case CircuitState.Open:
        return performance.now() - this.openedAtMs < OPEN_MS ? 0 : one;
      case CircuitState.HalfOpen:
        return one;
      default:
        return Math.max(0, this.provider.atOnceMax - this.inFlight);
    }
  }

  get busy(): number {
    return this.inFlight;
  }

  /** Takes up room while it works. */
  async occupy<T>(work: () => Promise<T>): Promise<T> {
    this.inFlight += 1;
    try {
      return await work();
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Asks the provider. An error of any kind is an answer that says nothing. */
  async ask<T extends Said>(request: () => Promise<T>): Promise<T | PayoutInquiry> {
    try {
      const said = await this.policy.execute(() =>
        request().catch((error: unknown) => unknown(error)),
      );
      if (said.kind === 'unknown' && 'retryAfterMs' in said) this.pause(said.retryAfterMs);
      return said;
    } catch (error) {
      return unknown(error);
    }
  }

  private pause(ms: number | undefined): void {
    if (ms === undefined) return;
    this.pausedUntilMs = performance.now() + Math.min(ms, PAUSE_MAX_MS);
  }
}

/** It lies with the provider, and not with the one payout. */
function isTrouble(said: Said): boolean {
  return said.kind === 'unknown' || (said.kind === 'rejected' && said.passes === 'account');
}

function unknown(error: unknown): { kind: 'unknown'; reason: string } {
  return { kind: 'unknown', reason: error instanceof Error ? error.message : 'no answer' };
}

function wordOf(state: CircuitState): CircuitWord {
  if (state === CircuitState.Open) return 'open';
  return state === CircuitState.HalfOpen ? 'half-open' : 'closed';
}
