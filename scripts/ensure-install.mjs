// Installs what the lock file says, when it is not installed: so that `npm start` and `npm test`
// are all there is to know. Uses nothing but Node, as there may be nothing else yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './with-lock.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const STAMP = join(ROOT, 'node_modules', '.amends-stamp');
const NODE_LEAST = [20, 19];

/** Ends the process, saying why, when the packages cannot be installed. */
export async function ensureInstall() {
  requireNode();
  if (isStamped()) return;
  // Outside node_modules, which installing removes.
  await withLock(join(ROOT, '.cache', 'install.lock'), async () => {
    if (isStamped()) return;
    if (!isInstalled()) install();
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, wanted());
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = NODE_LEAST;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(
    `Node ${NODE_LEAST.join('.')} or newer is needed; this is ${process.versions.node}.`,
  );
  process.exit(1);
}

function install() {
  console.log('Installing packages (once; this may take a minute) …');
  // npm tells its scripts where it is; outside of one, it is looked for on the path.
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const args = [...before, 'ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  const { status, error } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status === 0) return;
  console.error(`Installing the packages failed${error ? `: ${error.message}` : ''}.`);
  process.exit(1);
}

/** Somebody may have run `npm ci` by hand; npm notes what it has installed. */
function isInstalled() {
  const note = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages ?? {};
  const locked = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(locked).every(
    ([path, { version, optional }]) =>
      path === '' ||
      installed[path]?.version === version ||
      // Those for other platforms are left out.
      (optional && installed[path] === undefined),
  );
}

function isStamped() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted();
}

/** Also of the platform: a folder may be shared between a machine and a container. */
function wanted() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  const platform = `${process.platform}-${process.arch}`;
  return `${createHash('sha256').update(lock).digest('hex')} ${platform}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ensureInstall();
