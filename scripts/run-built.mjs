// Builds what is stale and runs one of the compiled programs with the arguments of this process.
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** @param {string} program below `dist/apps`, such as `remedy/src/reconcile.js` */
export async function runBuilt(program) {
  await ensureInstall();
  await build();
  const args = [join(ROOT, 'dist', 'apps', program), ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
