import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;
const WITHOUT_OWNER_MS = 5_000;

/**
 * Does the work while no other process does work under the same path. A holder that was killed
 * loses the lock.
 *
 * @template T
 * @param {string} path of the lock; a folder, because making one is all or nothing everywhere
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await take(path);
  try {
    return await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

async function take(path) {
  mkdirSync(dirname(path), { recursive: true });
  let ownerlessSinceMs;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(path);
    if (owner === undefined) {
      // It has just been made and its owner not yet written, or its owner died in between.
      ownerlessSinceMs ??= Date.now();
      if (Date.now() - ownerlessSinceMs > WITHOUT_OWNER_MS) breakLock(path);
    } else {
      ownerlessSinceMs = undefined;
      if (!isRunning(owner)) breakLock(path);
    }
    await sleep(POLL_MS);
  }
}

function ownerOf(path) {
  try {
    return Number(readFileSync(join(path, 'pid'), 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Two waiters may find the same dead owner, and the slower would remove the faster one's new lock:
 * so it is moved aside, looked at again, and put back if it is a live one.
 */
function breakLock(path) {
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
    const owner = ownerOf(aside);
    if (owner !== undefined && isRunning(owner)) renameSync(aside, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST', 'ENOTEMPTY'].includes(error.code)) throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
