// `npm run fuzz`: starts the service on an empty database and has schemathesis send it whatever
// its OpenAPI document allows, and much that it does not. Finds answers 500 and undocumented ones.
// Needs Python; schemathesis comes from PyPI into .cache/. Arguments go to schemathesis.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const VERSION = '4.32.5';
const CHECKS = 'not_a_server_error,status_code_conformance,response_schema_conformance';
const READY_TIMEOUT_MS = 60_000;

await ensureInstall();
await build();
const schemathesis = install();
const folder = mkdtempSync(join(tmpdir(), 'amends-fuzz-'));
const key = `amk_fuzz_${randomBytes(24).toString('hex')}`;
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const service = startService();
try {
  await untilReady();
  const args = process.argv.slice(2);
  const { status } = spawnSync(
    schemathesis,
    ['run', `${url}/openapi.json`, '-H', `Authorization: Bearer ${key}`, '--checks', CHECKS].concat(
      args.length > 0
        ? args
        : ['--continue-on-failure', '--max-examples', '50', '--generation-database', ':memory:'],
    ),
    { cwd: folder, stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
} finally {
  await stopService();
  rmSync(folder, { recursive: true, force: true });
}

function install() {
  const environment = join(ROOT, '.cache', `schemathesis-${VERSION}`);
  const bin = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const program = join(bin, 'schemathesis');
  if (!existsSync(program)) {
    must(spawnSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' }), 'Python 3');
    const pip = [join(bin, 'python'), ['-m', 'pip', 'install', '-q', `schemathesis==${VERSION}`]];
    must(spawnSync(...pip, { stdio: 'inherit' }), 'schemathesis from PyPI');
  }
  return program;
}

function must({ status, error }, what) {
  if (status === 0) return;
  console.error(`fuzzing needs ${what}${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

function startService() {
  const env = {
    ...process.env,
    PORT: String(port),
    AMENDS_DATA_DIR: folder,
    AMENDS_ADMIN_KEY: key,
  };
  const main = join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function untilReady() {
  const giveUpAtMs = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    if (service.exitCode !== null || Date.now() > giveUpAtMs) throw new Error('it does not start');
    await sleep(100);
  }
}

async function stopService() {
  if (service.exitCode !== null) return;
  const ended = new Promise((done) => service.once('exit', done));
  service.kill('SIGTERM');
  await ended;
}

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => done(free));
    });
  });
}
