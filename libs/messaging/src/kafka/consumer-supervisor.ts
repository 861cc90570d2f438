import type { Consumer } from 'kafkajs';
import { BackOff } from './back-off';

export interface SupervisorOptions {
  /** A new consumer, not connected, that does not restart by itself. */
  readonly build: () => Consumer;
  /** Listens, connects, subscribes, runs. */
  readonly run: (consumer: Consumer) => Promise<void>;
  /** The consumer is gone, and its assignment with it. */
  readonly onLost: () => void;
  /** A handler runs: the silence is not the consumer's. */
  readonly isBusy: () => boolean;
  readonly onError: (error: unknown) => void;
  /** Without a sign of life for so long, a consumer is taken for dead. Longer than a rebalance. */
  readonly silenceMaxMs: number;
}

const BACK_OFF = { firstMs: 250, mostMs: 10_000 };
/** Reading for so long, a consumer has proven itself: the next crash is a first one again. */
const PROVEN_MS = 30_000;
const WATCH_MS = 1_000;
/** Disconnecting from a broker that is gone may wait for ever. */
const DISCONNECT_MS = 5_000;

/**
 * Keeps one consumer alive: whatever ends it — an error kafkajs does not restart from, one that its
 * restart chokes on, a client that falls silent — it is thrown away and built anew, with back-off.
 */
export class ConsumerSupervisor {
  private consumer: Consumer | undefined;
  private readonly backOff = new BackOff(BACK_OFF);
  private readonly rebuilding = new Set<Promise<void>>();
  private watch: NodeJS.Timeout | undefined;
  private stopping = new AbortController();
  private lifeMs = 0;
  private readingSinceMs: number | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  /** The consumer of the moment; undefined while there is none. */
  get current(): Consumer | undefined {
    return this.consumer;
  }

  /** @throws whatever the first consumer failed with; nothing is tried again then */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    await this.runNew();
    this.watch = setInterval(() => {
      this.checkLife();
    }, WATCH_MS).unref();
  }

  /** Waits for handlers that run. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.watch);
    const { consumer } = this;
    this.consumer = undefined;
    await consumer?.disconnect();
    await Promise.all(this.rebuilding);
  }

  /** Anything that shows that this consumer lives. */
  sign(consumer: Consumer): void {
    if (consumer === this.consumer) this.lifeMs = performance.now();
  }

  /** It has an assignment. */
  joined(consumer: Consumer): void {
    this.sign(consumer);
    if (consumer === this.consumer) this.readingSinceMs ??= performance.now();
  }

  /** This consumer is not to be used any more. Says no more than once per consumer. */
  fail(consumer: Consumer, error: unknown): void {
    if (consumer !== this.consumer) return;
    this.consumer = undefined;
    const readMs = performance.now() - (this.readingSinceMs ?? performance.now());
    if (readMs > PROVEN_MS) this.backOff.reset();
    this.options.onLost();
    if (this.stopping.signal.aborted) return;
    this.options.onError(error);
    const work = this.rebuild(consumer);
    this.rebuilding.add(work);
    void work.finally(() => this.rebuilding.delete(work));
  }

  private checkLife(): void {
    const { consumer, options } = this;
    const silentMs = performance.now() - this.lifeMs;
    if (consumer === undefined || options.isBusy() || silentMs < options.silenceMaxMs) return;
    this.fail(consumer, new Error(`no sign of life for ${Math.round(silentMs).toString()} ms`));
  }

  private async rebuild(broken: Consumer): Promise<void> {
    await discard(broken);
    for (;;) {
      await pause(this.backOff.take(), this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      try {
        await this.runNew();
        return;
      } catch (error) {
        this.options.onError(error);
      }
    }
  }

  private async runNew(): Promise<void> {
    const consumer = this.options.build();
    this.consumer = consumer;
    this.readingSinceMs = undefined;
    this.sign(consumer);
    try {
      await this.options.run(consumer);
    } catch (error) {
      // Failed and replaced already, or stopped.
      if (this.consumer !== consumer) return;
      this.consumer = undefined;
      this.options.onLost();
      await discard(consumer);
      throw error;
    }
  }
}

async function discard(consumer: Consumer): Promise<void> {
  const end = new AbortController();
  const disconnected = consumer.disconnect().catch(() => undefined);
  await Promise.race([disconnected, pause(DISCONNECT_MS, end.signal)]);
  end.abort();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
