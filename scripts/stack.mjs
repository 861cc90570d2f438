// `npm run stack`: what docker-compose.yml starts, without Docker: Kafka, PostgreSQL, an api, two detectors
// and two remedies, each a process of its own that is started again when it dies. Ctrl-C ends all of it,
// and its data go with it. KAFKA_BROKERS names brokers of yours, PORT and AMENDS_ADMIN_KEY are the api's.
import { chmodSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';
import { startReaper } from './run-folder.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

readArguments('npm run stack; PORT, KAFKA_BROKERS and AMENDS_ADMIN_KEY come from the environment');
await ensureInstall();
await build();
require('./typescript-hook.cjs');
// Not by the index: what specs need beside takes a second to load.
const { Stack } = require(join(ROOT, 'libs/testing/src/stack/stack.ts'));
const { cleanUp } = require(join(ROOT, 'libs/testing/jest/clean-up.cjs'));

const folder = mkdtempSync(join(tmpdir(), 'amends-stack-'));
// As root, the database runs as another user, who has to get in.
chmodSync(folder, 0o755);
startReaper(folder);

const signalled = new Promise((done) => {
  process.on('SIGINT', done);
  process.on('SIGTERM', done);
});
const { PORT = '3000', AMENDS_ADMIN_KEY: adminKey, KAFKA_BROKERS: brokers } = process.env;
const starting = Stack.start({
  folder,
  port: Number(PORT),
  ...(adminKey && { adminKey }),
  ...(brokers && { brokers: brokers.split(',') }),
  env: settingsOf(/^(SMTP_URL|REFUND_|LOG_LEVEL$)/),
  onRestart: (name) => console.log(`${name} died and was started again`),
});
const stack = await Promise.race([starting, signalled.then(() => undefined)]).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
if (stack !== undefined) {
  tell(stack);
  await signalled;
  console.log('ending');
  await stack.close();
}
await cleanUp(folder);
process.exit();

function tell({ url, brokers, databaseUrl, adminKey, processes }) {
  console.log(`
api         ${url}
Kafka       ${brokers.join(',')}
PostgreSQL  ${databaseUrl}
logs        ${folder}
Admin key   ${adminKey}
`);
  for (const { name, url, pid } of processes) console.log(`${name.padEnd(11)} ${url} (${pid})`);
  console.log('\nready; Ctrl-C ends all of it and removes its data');
}

/** What the processes of Amends are given as well. */
function settingsOf(pattern) {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => pattern.test(name)));
}
