// `npm test`: installs, builds, runs every spec and says last how it went: `N passed, N failed`.
// Arguments go to jest: `npm test -- libs/domain`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** End-to-end specs start processes of their own and kill them; one at a time keeps times honest. */
const RUNS = [
  ['--selectProjects', 'unit', 'integration', '--maxWorkers=2'],
  ['--selectProjects', 'e2e', '--runInBand'],
];

await ensureInstall();
await build();

const reports = mkdtempSync(join(tmpdir(), 'amends-report-'));
const total = { passed: 0, failed: 0 };
for (const [index, args] of RUNS.entries()) {
  const result = await jest(args, join(reports, `${index}.json`));
  total.passed += result.passed;
  total.failed += result.failed;
}
rmSync(reports, { recursive: true, force: true });

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

async function jest(args, report) {
  const bin = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  const json = ['--json', `--outputFile=${report}`];
  // A spec that forgets a connection must not hang the run; what it started is ended anyway.
  const fixed = ['--passWithNoTests', '--forceExit', ...json];
  const code = await run([bin, ...args, ...fixed, ...process.argv.slice(2)]);
  return count(report, code);
}

function run(args) {
  // jest writes its results to standard output as well; people read standard error.
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The terminal sends Ctrl-C to jest as well: stay to tell the result.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done) => child.on('exit', (code) => done(code ?? 1)));
}

/** A file that could not be run at all counts as one failure, as does a run that left no report. */
function count(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}
