export interface RepeatingOptions {
  /** The wait after a turn that found nothing to do. */
  readonly everyMs: number;
  readonly onError: (error: unknown) => void;
  /** Called after every turn: for a gauge that shows a loop that hangs. */
  readonly onTurn?: () => void;
  /** Taken before each turn and handed to `wait`, so that a signal during it is not lost. */
  readonly mark?: () => number;
  /** Waits between turns; a plain timer unless given. */
  readonly wait?: (waitMs: number, mark: number) => Promise<void>;
}

/**
 * Does a thing again and again until stopped: at once when the turn answered true (there was work),
 * else after a wait. A turn that throws is reported, and the next one comes after the wait.
 */
export class Repeating {
  private isStopped = false;
  private endWait: () => void = () => undefined;
  private readonly over: Promise<void>;

  constructor(
    private readonly turn: () => Promise<unknown>,
    private readonly options: RepeatingOptions,
  ) {
    this.over = this.run();
  }

  /** Resolves when the turn that runs has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.endWait();
    await this.over;
  }

  private async run(): Promise<void> {
    const { onError, onTurn, mark = () => 0 } = this.options;
    while (!this.isStopped) {
      const before = mark();
      let isBusy = false;
      try {
        isBusy = (await this.turn()) === true;
        onTurn?.();
      } catch (error) {
        onError(error);
      }
      if (isBusy) await new Promise((resolve) => setImmediate(resolve));
      else await this.pause(before);
    }
  }

  private async pause(mark: number): Promise<void> {
    if (this.isStopped) return;
    const { everyMs, wait } = this.options;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.endWait = resolve;
      if (wait === undefined) timer = setTimeout(resolve, everyMs);
      else void wait(everyMs, mark).then(resolve, resolve);
    });
    clearTimeout(timer);
  }
}
