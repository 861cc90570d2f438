import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testRunFolder } from './test-run-folder';

type Outcome<T> = { readonly value: T } | { readonly failure: string };

const POLL_MS = 25;

/**
 * Does something once for all workers of a jest run and gives every caller the result, which must
 * survive JSON. A failure is everybody's failure: what could not start once is not tried per spec.
 */
export async function oncePerRun<T>(
  name: string,
  make: () => Promise<T>,
  timeoutMs = 120_000,
): Promise<T> {
  const path = join(testRunFolder(), `${name}.json`);
  if (isFirst(join(testRunFolder(), `${name}.claimed`))) publish(path, await attempt(make));

  const giveUpAtMs = Date.now() + timeoutMs;
  for (;;) {
    const outcome = readOutcome<T>(path);
    if (outcome !== undefined) {
      if ('failure' in outcome) throw new Error(`${name}: ${outcome.failure}`);
      return outcome.value;
    }
    if (Date.now() > giveUpAtMs) throw new Error(`${name}: not ready in ${String(timeoutMs)} ms`);
    await sleep(POLL_MS);
  }
}

function isFirst(path: string): boolean {
  try {
    closeSync(openSync(path, 'wx'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function attempt<T>(make: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await make() };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function publish(path: string, outcome: Outcome<unknown>): void {
  writeFileSync(`${path}.new`, JSON.stringify(outcome));
  renameSync(`${path}.new`, path);
}

function readOutcome<T>(path: string): Outcome<T> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Outcome<T>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
