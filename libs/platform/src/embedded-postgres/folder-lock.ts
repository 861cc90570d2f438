import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { processIdentity } from './process-identity';

interface Holder {
  readonly pid: number;
  readonly identity: string;
  readonly token: string;
}

const TRIES_MAX = 10;

/**
 * One process per folder. The lock is a file that names its holder; a holder that no longer runs
 * (kill -9, power cut) has lost it.
 */
export class FolderLock {
  private constructor(
    private readonly path: string,
    private readonly token: string,
  ) {}

  /** @throws EmbeddedPostgresError when another live process, or this one, holds the lock */
  static take(path: string): FolderLock {
    const token = randomUUID();
    const me: Holder = {
      pid: process.pid,
      identity: processIdentity(process.pid) ?? 'unknown',
      token,
    };
    const draft = `${path}.${token}`;
    writeFileSync(draft, JSON.stringify(me), { mode: 0o600 });
    try {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        // A link appears with its content or not at all: nobody reads a half-written lock.
        if (tryLink(draft, path)) return new FolderLock(path, token);
        const holder = readHolder(path);
        if (holder !== undefined && processIdentity(holder.pid) === holder.identity) {
          throw new EmbeddedPostgresError(`in use by process ${String(holder.pid)} (${path})`);
        }
        removeStale(path, holder);
      }
    } finally {
      rmSync(draft, { force: true });
    }
    throw new EmbeddedPostgresError(`could not take the lock ${path}`);
  }

  release(): void {
    if (readHolder(this.path)?.token === this.token) rmSync(this.path, { force: true });
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two processes may find the same stale lock at once, and the slower would remove the new lock of
 * the faster. So it is moved aside first, looked at again, and put back if it was a new one.
 */
function removeStale(path: string, stale: Holder | undefined): void {
  const aside = `${path}.stale-${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readHolder(aside)?.token !== stale?.token) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function readHolder(path: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder> | null;
    const { pid, identity, token } = holder ?? {};
    return typeof pid === 'number' && typeof identity === 'string' && typeof token === 'string'
      ? { pid, identity, token }
      : undefined;
  } catch {
    return undefined;
  }
}
