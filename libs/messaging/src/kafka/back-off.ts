export interface BackOffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
  /** By which share of itself a time is at most longer or shorter; a fifth unless given. */
  readonly spread?: number;
}

const SPREAD = 0.2;

/** Waiting times that double up to a bound, each spread so that processes fall out of step. */
export class BackOff {
  private nextMs: number;

  constructor(private readonly options: BackOffOptions) {
    this.nextMs = options.firstMs;
  }

  reset(): void {
    this.nextMs = this.options.firstMs;
  }

  /** The time to wait now, ms. */
  take(): number {
    const { mostMs, spread = SPREAD } = this.options;
    const waitMs = this.nextMs;
    this.nextMs = Math.min(waitMs * 2, mostMs);
    return waitMs * (1 - spread + Math.random() * 2 * spread);
  }
}
