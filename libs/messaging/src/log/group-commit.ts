interface Waiting<I, O> {
  readonly items: readonly I[];
  readonly resolve: (answers: O[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets calls that arrive while a commit runs share the next one. One commit runs at a time; a call
 * is never split. When a shared commit fails, each call is tried alone, so that what is wrong with
 * one fails nobody else.
 */
export class GroupCommit<I, O> {
  private readonly waiting: Waiting<I, O>[] = [];
  private isRunning = false;

  /** `commit` answers for every item, in order, or throws and has stored nothing. */
  constructor(
    private readonly commit: (items: readonly I[]) => Promise<O[]>,
    private readonly itemsMax: number,
    /** Whether trying the calls one by one may help after this error. */
    private readonly isWorthSplitting: (error: unknown) => boolean,
  ) {}

  submit(items: readonly I[]): Promise<O[]> {
    if (items.length === 0) return Promise.resolve([]);
    return new Promise<O[]>((resolve, reject) => {
      this.waiting.push({ items, resolve, reject });
      if (!this.isRunning) void this.run();
    });
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // Calls made in the same turn of the event loop go together from the start.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.commitTogether(this.takeGroup());
    this.isRunning = false;
  }

  private takeGroup(): Waiting<I, O>[] {
    let size = 0;
    let count = 0;
    for (const { items } of this.waiting) {
      if (count > 0 && size + items.length > this.itemsMax) break;
      size += items.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async commitTogether(group: readonly Waiting<I, O>[]): Promise<void> {
    try {
      const answers = await this.commit(group.flatMap(({ items }) => items));
      let start = 0;
      for (const { items, resolve } of group) {
        resolve(answers.slice(start, start + items.length));
        start += items.length;
      }
    } catch (error) {
      if (group.length === 1 || !this.isWorthSplitting(error)) {
        for (const { reject } of group) reject(error);
        return;
      }
      for (const member of group) await this.commitTogether([member]);
    }
  }
}
