// `npm run chaos`: the fault campaign. Kafka, PostgreSQL and every part of Amends in processes of their own,
// which are killed, stopped, cut off and lied to, while somebody outside keeps count. See test/chaos/.
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { orSayHow } from './arguments.mjs';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';
import { openRunFolder } from './run-folder.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

await ensureInstall();
require('./typescript-hook.cjs');
const { readOptions, USAGE } = require(join(ROOT, 'test/chaos/options.ts'));
const options = orSayHow(USAGE, () => readOptions(process.argv.slice(2)));
await build();
const folder = openRunFolder();
const { main } = require(join(ROOT, 'test/chaos/command.ts'));
const { cleanUp } = require(join(ROOT, 'libs/testing/jest/clean-up.cjs'));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
try {
  process.exitCode = (await main(options)) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
if (process.env.CHAOS_KEEP !== '1') await cleanUp(folder);
process.exit();
