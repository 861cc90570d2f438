import { Idempotency, Repeating, type Database } from '@amends/application';
import type { Logger } from '@amends/platform';

const EVERY_MS = 10 * 60_000;

/** What the REST side tidies up: idempotency keys that are past their time. */
export class Upkeep {
  private loop: Repeating | undefined;
  private readonly idempotency: Idempotency;

  constructor(
    database: Database,
    private readonly logger: Logger,
  ) {
    this.idempotency = new Idempotency(database);
  }

  start(): void {
    this.loop ??= new Repeating(() => this.idempotency.sweep(), {
      everyMs: EVERY_MS,
      onError: (err) => {
        this.logger.error('the sweep of idempotency keys failed', { err });
      },
    });
  }

  async stop(): Promise<void> {
    await this.loop?.stop();
    this.loop = undefined;
  }
}
