import type { Member } from '../world/world';

const EVERY_MS = 1_500;

/** The counters of every process over all its lives, as far as they could be read before it died. */
export class Meter {
  private readonly ended = new Map<string, number>();
  private readonly living = new Map<string, Map<string, number>>();
  private isClosed = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly members: readonly Member[],
    private readonly wanted: RegExp,
  ) {}

  start(): void {
    this.loop = this.watch();
  }

  async close(): Promise<void> {
    await this.read();
    this.isClosed = true;
    await this.loop;
  }

  /** The sum of all whose name, with its labels, fits. */
  sum(name: RegExp): number {
    let sum = 0;
    for (const counters of [this.ended, ...this.living.values()]) {
      for (const [key, value] of counters) if (name.test(key)) sum += value;
    }
    return sum;
  }

  private async watch(): Promise<void> {
    while (!this.isClosed) {
      await this.read();
      await new Promise((resume) => setTimeout(resume, EVERY_MS));
    }
  }

  private async read(): Promise<void> {
    await Promise.all(this.members.map((member) => this.readOne(member)));
  }

  private async readOne({ name, process: { pid, url } }: Member): Promise<void> {
    const life = `${name}/${String(pid)}`;
    for (const [other, counters] of this.living) {
      if (!other.startsWith(`${name}/`) || other === life) continue;
      for (const [key, value] of counters) {
        this.ended.set(key, (this.ended.get(key) ?? 0) + value);
      }
      this.living.delete(other);
    }
    if (pid === undefined) return;
    const signal = AbortSignal.timeout(1_000);
    const response = await fetch(`${url}/metrics`, { signal }).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (text === undefined) return;
    const counters = new Map<string, number>();
    for (const line of text.split('\n')) {
      if (!this.wanted.test(line)) continue;
      const space = line.lastIndexOf(' ');
      counters.set(line.slice(0, space), Number(line.slice(space + 1)));
    }
    this.living.set(life, counters);
  }
}
