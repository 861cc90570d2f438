/** Lets `perSecond` requests through on average, and up to `burst` at once. */
export class TokenBucket {
  private tokens: number;
  private filledAtMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    nowMs: number,
  ) {
    this.tokens = burst;
    this.filledAtMs = nowMs;
  }

  /** 0: go on. Otherwise the milliseconds until there is a token again. */
  take(nowMs: number): number {
    const passedMs = Math.max(nowMs - this.filledAtMs, 0);
    this.filledAtMs = nowMs;
    this.tokens = Math.min(this.tokens + (passedMs * this.perSecond) / 1_000, this.burst);
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) * 1_000) / this.perSecond);
  }
}
