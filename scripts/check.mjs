// `npm run check`: everything that can be said about the code without running it.
// `npm run check -- lint types` runs only the checks that are named.
import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const AT_ONCE = 2;
const FOLDERS = ['apps', 'libs', 'migrations', 'test', 'bench'];

/** Name, what it looks for, program, arguments. The longest first, so that none is waited for. */
const CHECKS = [
  ['lint', 'mistakes the types do not show', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
  ['types', 'types that do not fit', 'typescript/bin/tsc', ['--noEmit', '--project', '.']],
  ['format', 'layout', 'prettier/bin/prettier.cjs', ['--check', '.', '--log-level', 'warn']],
  [
    'boundaries',
    'imports across layers, cycles',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    ['--config', '.dependency-cruiser.cjs', ...FOLDERS],
  ],
  ['dead-code', 'what nobody uses', 'knip/bin/knip.js', ['--no-progress']],
  ['lock', 'packages from elsewhere, or without a hash', null, ['scripts/check-lock.mjs']],
  ['generated', 'generated files that are out of date', null, ['scripts/check-generated.mjs']],
];

await ensureInstall();

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no such check: ${unknown.join(', ')}`);
  process.exit(2);
}
const queue = CHECKS.filter(([name]) => wanted.length === 0 || wanted.includes(name));
const failed = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work() {
  for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
    const [name, what, program, args] = check;
    const startedAtMs = Date.now();
    const { code, output } = await run(program, args);
    const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${what}) ${seconds} s`);
    if (code === 0) continue;
    failed.push(name);
    console.log(output.trimEnd());
  }
}

function run(program, args) {
  const file = program === null ? [] : [join(ROOT, 'node_modules', program)];
  const child = spawn(process.execPath, [...file, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((done) => {
    child.on('close', (code) => done({ code, output: Buffer.concat(chunks).toString() }));
  });
}
