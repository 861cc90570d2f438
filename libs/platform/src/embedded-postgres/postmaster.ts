import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { isKnownToKernel, isRunning } from './process-identity';

/** What `postmaster.pid` in a data folder says: the server that runs on it, or did. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

const POLL_MS = 15;

export function readPostmaster(dataFolder: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/** Whether the process is a server that works on this folder, and not another with its number. */
export function isPostmasterOf(dataFolder: string, pid: number): boolean {
  return isRunning(pid) && commandLine(pid).includes(dataFolder);
}

/**
 * Removes a `postmaster.pid` whose number now belongs to a stranger, or to a zombie: PostgreSQL
 * would refuse to start for it. A file whose process is simply gone is left alone; the server
 * looks after that itself.
 */
export function clearStalePostmaster(dataFolder: string): void {
  const stale = readPostmaster(dataFolder);
  if (stale === undefined || !isKnownToKernel(stale.pid)) return;
  if (isPostmasterOf(dataFolder, stale.pid)) return;

  const orphan = findOrphan();
  if (orphan !== undefined) {
    throw new EmbeddedPostgresError(
      `process ${String(orphan)} of a database server that died may still be writing to ` +
        `${dataFolder}; try again in a moment, or end it`,
    );
  }
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

/**
 * Stops a server: fast (clients are cut off, everything is written), and when that takes longer
 * than `timeoutMs`, at once (nothing is lost either, the next start recovers from the log).
 */
export async function stopPostmaster(
  dataFolder: string,
  pid: number,
  timeoutMs: number,
): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', timeoutMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isPostmasterOf(dataFolder, pid)) return;
    process.kill(pid, signal);
    const giveUpAtMs = Date.now() + waitMs;
    while (Date.now() < giveUpAtMs) {
      if (!isRunning(pid)) return;
      await sleep(POLL_MS);
    }
  }
  throw new EmbeddedPostgresError(`the database server (process ${String(pid)}) does not stop`);
}

/** Readable for everybody, unlike the working folder, which even root may not see in a container. */
function commandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
      .replaceAll('\0', ' ')
      .trim();
  } catch {
    return '';
  }
}

/**
 * A server process whose server is gone. They end by themselves, but a busy one takes a moment, and
 * a second server beside it would destroy the data. Elsewhere than on Linux, the server's own check
 * of its shared memory has to do.
 */
function findOrphan(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => Number.isSafeInteger(pid) && pid > 0 && commandLine(pid).startsWith('postgres: '),
    )
    .find((pid) => isRunning(pid) && !/(^|\/)postgres( |$)/.test(commandLine(parentOf(pid))));
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
