import type { Logger } from '../logger/create-logger';

/** What is to be ended, in this order; each gets its turn even if the one before failed. */
export interface Ending {
  readonly name: string;
  readonly end: () => unknown;
}

/** Whoever stopped us waits ten seconds; the database must have been closed by then. */
const PATIENCE_MS = 9_500;
const FAILED = 1;

/** Ends everything in order, and the process in any case. */
export async function shutDown(endings: readonly Ending[], logger: Logger): Promise<number> {
  const tooLate = setTimeout(() => {
    logger.error('it took too long to end in order');
    process.exit(FAILED);
  }, PATIENCE_MS);
  let code = 0;
  for (const { name, end } of endings) {
    try {
      await end();
    } catch (err) {
      logger.error('could not be ended in order', { name, err });
      code = FAILED;
    }
  }
  clearTimeout(tooLate);
  return code;
}
