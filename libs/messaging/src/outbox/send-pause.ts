import { BackOff } from '../kafka/back-off';

const BACK_OFF = { firstMs: 250, mostMs: 5_000, spread: 0 };

/** Keeps what has been refused from being sent at once again, the longer the more often in a row. */
export class SendPause {
  private readonly backOff = new BackOff(BACK_OFF);
  private resumeAtMs = 0;

  get isOver(): boolean {
    return performance.now() >= this.resumeAtMs;
  }

  refused(): void {
    this.resumeAtMs = performance.now() + this.backOff.take();
  }

  taken(): void {
    this.backOff.reset();
  }
}
