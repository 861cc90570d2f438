import { spawn, spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { freePorts } from '../net/free-ports';
import { oncePerRun } from '../run/once-per-run';
import { testRunFolder } from '../run/test-run-folder';
import { waitFor } from '../wait-for';

const ROOT = resolve(__dirname, '../../../..');
const MODULE = 'github.com/stripe/stripe-mock@v0.203.0';
const INSTALL_TIMEOUT_MS = 300_000;

/** Stripe's own mock of its interface: it checks requests against the OpenAPI document, and keeps nothing. */
export interface StripeMock {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts stripe-mock, which Go fetches and compiles into `.cache/` once per machine and version. */
export async function startStripeMock(): Promise<StripeMock> {
  const program = await oncePerRun(
    'stripe-mock',
    () => Promise.resolve(install()),
    INSTALL_TIMEOUT_MS,
  );
  const [port = 0] = await freePorts(1);
  const child = spawn(program, ['-http-port', String(port)], { stdio: 'ignore' });
  const pid = join(testRunFolder(), `stripe-mock-${String(child.pid)}.pid`);
  writeFileSync(pid, String(child.pid));
  await waitFor(() => isListening(port), { what: 'stripe-mock' });
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: async () => {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
      rmSync(pid, { force: true });
    },
  };
}

function install(): string {
  const version = MODULE.split('@')[1] ?? '';
  const program = join(ROOT, '.cache', `stripe-mock-${version}`);
  if (existsSync(program)) return program;
  const folder = `${program}.${String(process.pid)}`;
  const { status, stderr, error } = spawnSync('go', ['install', MODULE], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: '-modcacherw' },
    encoding: 'utf8',
    timeout: INSTALL_TIMEOUT_MS,
  });
  if (error !== undefined) {
    throw new Error('this spec needs stripe-mock: install Go 1.21 or newer (go.dev/dl)');
  }
  if (status !== 0) throw new Error(`"go install ${MODULE}" failed: ${stderr.trim()}`);
  renameSync(join(folder, 'stripe-mock'), program);
  rmSync(folder, { recursive: true, force: true });
  return program;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => {
      done(false);
    });
  });
}
