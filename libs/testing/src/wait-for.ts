export interface WaitOptions {
  /** 10 s unless given. */
  readonly timeoutMs?: number;
  readonly pollMs?: number;
  /** What is waited for, for the message of the error. */
  readonly what?: string;
}

/**
 * Asks again and again until the answer is truthy, and gives it. For what happens elsewhere and
 * does not say when. An error of the last attempt is the cause of the time-out's.
 */
export async function waitFor<T>(
  ask: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 10_000, pollMs = 20, what = 'what was waited for' } = options;
  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await ask();
      if (answer) return answer;
      cause = answer;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= giveUpAtMs) {
      throw new Error(`${what} did not come within ${String(timeoutMs)} ms`, { cause });
    }
    await new Promise((resume) => setTimeout(resume, pollMs));
  }
}
