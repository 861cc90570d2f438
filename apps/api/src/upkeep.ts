import {
  ConsoleSessions,
  EraseCustomer,
  Idempotency,
  Repeating,
  type Database,
  type History,
} from '@amends/application';
import type { Logger } from '@amends/platform';

const EVERY_MS = 10 * 60_000;
const ERASE_EVERY_MS = 30_000;

/**
 * What the REST side tidies up: idempotency keys and sessions that are past their time, erasures
 * that were stopped half-way.
 */
export class Upkeep {
  private loops: Repeating[] = [];
  private readonly idempotency: Idempotency;
  private readonly sessions: ConsoleSessions;
  private readonly eraser: EraseCustomer;

  constructor(
    database: Database,
    desk: Database,
    history: History,
    private readonly logger: Logger,
  ) {
    this.idempotency = new Idempotency(database);
    this.sessions = new ConsoleSessions(database);
    this.eraser = new EraseCustomer(desk, history);
  }

  start(): void {
    if (this.loops.length > 0) return;
    this.loop('the sweep of idempotency keys failed', EVERY_MS, () => this.idempotency.sweep());
    this.loop('the sweep of sessions failed', EVERY_MS, () => this.sessions.sweep());
    this.loop('an erasure failed and is tried again', ERASE_EVERY_MS, () => this.eraser.resume());
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    this.loops = [];
  }

  private loop(onError: string, everyMs: number, turn: () => Promise<unknown>): void {
    const log = (err: unknown): void => {
      this.logger.error(onError, { err });
    };
    this.loops.push(new Repeating(turn, { everyMs, onError: log }));
  }
}
