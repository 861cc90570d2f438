import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const JEST = resolve(dirname(fileURLToPath(import.meta.url)), '../libs/testing/jest');

/** A folder below which everything of this run is kept; whatever still runs there is ended with us, however we end. */
export function openRunFolder() {
  const folder = mkdtempSync(join(tmpdir(), `amends-test-${process.pid}-`));
  chmodSync(folder, 0o755);
  process.env.AMENDS_TEST_RUN = folder;
  startReaper(folder);
  return folder;
}

/** Its end of the pipe closes when we end, however we end (kill -9): then it ends what runs below the folder. */
export function startReaper(folder) {
  const reaper = spawn(process.execPath, [join(JEST, 'reaper.cjs'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  reaper.stdin.unref();
}
