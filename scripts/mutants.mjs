// `npm run mutants`: takes guards of money, audit and access out of a copy of the sources, one at a time, and runs the
// spec that has to see each. See test/mutants/.
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstall } from './ensure-install.mjs';
import { openRunFolder } from './run-folder.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

await ensureInstall();
const folder = openRunFolder();
require('./typescript-hook.cjs');
const { main } = require(join(ROOT, 'test/mutants/command.ts'));
const { cleanUp } = require(join(ROOT, 'libs/testing/jest/clean-up.cjs'));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
await cleanUp(folder);
process.exit();
