// Refunds through simulated providers of every kind on a bad day: one answer in ten is lost, remedies die at
// crash points, keys are forgotten. Not how fast, but that nothing is doubled, lost or forgotten. See test/payouts/.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lib/dist.mjs';
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';

const require = createRequire(import.meta.url);

export async function run(args) {
  const options = readOptions(args, {
    payouts: 10_000,
    seed: 1,
    workers: 2,
    crashes: 40,
    minutes: 8,
  });
  const folder = openFolder();
  require(join(ROOT, 'scripts/typescript-hook.cjs'));
  const { runPart } = require(join(ROOT, 'test/payouts/part.ts'));
  const { cleanUp } = require(join(ROOT, 'libs/testing/jest/clean-up.cjs'));
  try {
    const { figures, faults } = await runPart(options);
    record('payouts', options, figures);
    for (const fault of faults) console.error(`FAILED: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await cleanUp(folder);
  }
}

/** Below it everything is kept, and whatever still runs there is ended with us, however we end. */
function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), `amends-test-${process.pid}-`));
  chmodSync(folder, 0o755);
  process.env.AMENDS_TEST_RUN = folder;
  const reaper = spawn(process.execPath, [join(ROOT, 'libs/testing/jest/reaper.cjs'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  reaper.stdin.unref();
  return folder;
}
