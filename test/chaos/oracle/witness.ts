import type { Pool } from 'pg';
import type { Mail } from '../world/mail-receiver';

/** When nothing new may leave, by a hold that was answered `active`. */
interface Stop {
  readonly fromMs: number;
  untilMs: number;
}

/**
 * Looks on while it happens: what can be seen only in the moment in which money or mail arrives outside.
 */
export class Witness {
  readonly faults: string[] = [];
  readonly counts = { attemptsSeen: 0, stops: 0 };
  private readonly stops: Stop[] = [];

  constructor(
    private readonly pool: () => Pool,
    /** Whether money has moved to that customer outside; undefined: that is not where it would. */
    private readonly hasMoved: (customer: string) => boolean | undefined,
  ) {}

  /** The first byte of an attempt arrived: the attempt has to be written down already. */
  async onFirstRequest(key: string): Promise<void> {
    const atMs = performance.now();
    if (this.isStopped(atMs))
      this.faults.push(`payout ${key} was sent though payments are stopped`);
    try {
      const { rows } = await this.pool().query(
        'select 1 from payment_attempt where idem_key = $1',
        [key],
      );
      this.counts.attemptsSeen += 1;
      if (rows.length === 0) this.faults.push(`payout ${key} was sent before it was written down`);
    } catch {
      // The database is away: nobody can say.
    }
  }

  onMail(mail: Mail): void {
    if (this.isStopped(performance.now())) {
      this.faults.push(`mail ${mail.id} was sent though messages are stopped`);
    }
    if (this.hasMoved(mail.customer) === false) {
      this.faults.push(`mail ${mail.id} came before the money had moved`);
    }
  }

  /** From now on nothing new may leave; call what it answers before that ends. */
  stopped(): () => void {
    const stop: Stop = { fromMs: performance.now(), untilMs: Number.POSITIVE_INFINITY };
    this.stops.push(stop);
    this.counts.stops += 1;
    return () => (stop.untilMs = performance.now());
  }

  private isStopped(atMs: number): boolean {
    return this.stops.some(({ fromMs, untilMs }) => atMs > fromMs && atMs < untilMs);
  }
}
