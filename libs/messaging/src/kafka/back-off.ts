export interface BackOffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Waiting times that double up to a bound, each spread by a fifth so that processes fall out of step. */
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
    const waitMs = this.nextMs;
    this.nextMs = Math.min(waitMs * 2, this.options.mostMs);
    return waitMs * (0.8 + Math.random() * 0.4);
  }
}
