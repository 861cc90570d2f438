import { closeSync, fdatasync, openSync, readFileSync, write } from 'node:fs';
import { promisify } from 'node:util';

const writeTo = promisify(write) as (fd: number, text: string) => Promise<unknown>;
const syncOf = promisify(fdatasync);

/**
 * What somebody outside of the service knows, a line of JSON each, on the disk before anybody is
 * answered. Lines that come together share one sync.
 */
export class Journal<T> {
  readonly lines: T[] = [];
  private readonly fd: number;
  private waiting: { text: string; done: () => void; fail: (error: unknown) => void }[] = [];
  private turn: Promise<void> | undefined;

  constructor(readonly path: string) {
    this.fd = openSync(path, 'a');
  }

  /** Resolves once it is on the disk. */
  append(line: T): Promise<void> {
    this.lines.push(line);
    return new Promise((done, fail) => {
      this.waiting.push({ text: `${JSON.stringify(line)}\n`, done, fail });
      this.turn ??= this.flush();
    });
  }

  /** As the disk has it. */
  read(): T[] {
    return readFileSync(this.path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T);
  }

  async close(): Promise<void> {
    await this.turn;
    closeSync(this.fd);
  }

  private async flush(): Promise<void> {
    while (this.waiting.length > 0) {
      const lines = this.waiting;
      this.waiting = [];
      try {
        await writeTo(this.fd, lines.map(({ text }) => text).join(''));
        await syncOf(this.fd);
        for (const { done } of lines) done();
      } catch (error) {
        for (const { fail } of lines) fail(error);
      }
    }
    // In the same step as the look at what waits: nothing can slip in between.
    this.turn = undefined;
  }
}
