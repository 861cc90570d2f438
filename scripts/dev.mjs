// `npm run dev`: the service, built and started again whenever a source changes.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const MAIN = join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');
/** An editor writes several files at once, and some write one several times. */
const SETTLE_MS = 200;

let child;
let timer;
let restarting = Promise.resolve();
let isStopping = false;

readArguments('npm run dev; settings come from the environment (.env.example)');
await ensureInstall();
await rebuild();
for (const folder of ['apps', 'libs', 'migrations']) {
  watch(join(ROOT, folder), { recursive: true }, (_event, file) => {
    if (!/\.(ts|json|liquid|yaml|sql)$/.test(file ?? '') || /spec\.ts$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => (restarting = restarting.then(rebuild)), SETTLE_MS);
  });
}
// The terminal has sent Ctrl-C to the service as well; this waits for its end.
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

async function rebuild() {
  try {
    const count = await build();
    if (child !== undefined && count === 0) return;
  } catch (error) {
    // Half-written code: the former build goes on.
    console.error(error.message);
    return;
  }
  await end();
  // Stopped in the middle of a restart: what is started now would be left behind.
  if (isStopping) return;
  child = spawn(process.execPath, ['--enable-source-maps', MAIN], { cwd: ROOT, stdio: 'inherit' });
}

function stop() {
  isStopping = true;
  clearTimeout(timer);
  void end().then(() => process.exit(0));
}

async function end() {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
}
