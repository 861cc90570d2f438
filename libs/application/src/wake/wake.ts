export type WakeTopic = 'log' | 'decisions' | 'messages' | 'rules' | 'payouts' | 'clock' | 'timers';

/**
 * Tells workers of the same process that there is work, so that they need not wait for their next
 * poll. Only a shortcut: other processes do not hear it, so every worker polls underneath.
 */
export class Wake {
  private readonly counts = new Map<WakeTopic, number>();
  private readonly waiters = new Map<WakeTopic, Set<() => void>>();

  signal(topic: WakeTopic): void {
    this.counts.set(topic, this.mark(topic) + 1);
    const waiting = this.waiters.get(topic);
    if (waiting === undefined) return;
    this.waiters.delete(topic);
    for (const go of waiting) go();
  }

  /** Take it before looking for work and hand it to `wait`: a signal in between is not lost. */
  mark(topic: WakeTopic): number {
    return this.counts.get(topic) ?? 0;
  }

  /** Resolves at the next signal (at once if there was one since `mark`), or after `timeoutMs`. */
  async wait(topic: WakeTopic, timeoutMs: number, mark = this.mark(topic)): Promise<void> {
    if (mark !== this.mark(topic)) return;
    const waiting = this.waiters.get(topic) ?? new Set();
    this.waiters.set(topic, waiting);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(go, timeoutMs);
      function go(): void {
        clearTimeout(timer);
        waiting.delete(go);
        resolve();
      }
      waiting.add(go);
    });
  }
}
