// Refunds through simulated providers of every kind on a bad day: one answer in ten is lost, remedies die at
// crash points, keys are forgotten. Not how fast, but that nothing is doubled, lost or forgotten. See test/payouts/.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { openRunFolder } from '../scripts/run-folder.mjs';
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
  const folder = openRunFolder();
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
