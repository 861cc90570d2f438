import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a spec file ended. */
export interface SpecOutcome {
  /** Full names of its tests. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Why no test of it was run; undefined: they were. */
  readonly trouble: string | undefined;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** No spec file takes as long, unless something in it waits for ever. */
const TIMEOUT_MS = 5 * 60_000;
const SHOWN_LENGTH_MAX = 2_000;

/** Runs one spec file of a tree under jest, in a process of its own, with databases of its own. */
export async function runSpec(root: string, spec: string): Promise<SpecOutcome> {
  const report = join(root, '..', 'report.json');
  rmSync(report, { force: true });
  const { output, isLate } = await jest(root, ['--json', `--outputFile=${report}`, spec]);
  if (isLate) return { passed: [], failed: [], trouble: 'it does not come to an end' };
  const result = readReport(report)?.testResults[0];
  if (result === undefined || result.assertionResults.length === 0) {
    return {
      passed: [],
      failed: [],
      trouble: (result?.message ?? output).slice(-SHOWN_LENGTH_MAX),
    };
  }
  const named = (status: string) =>
    result.assertionResults.filter((one) => one.status === status).map((one) => one.fullName);
  return { passed: named('passed'), failed: named('failed'), trouble: undefined };
}

function jest(root: string, args: readonly string[]) {
  const bin = join(root, 'node_modules/jest/bin/jest.js');
  // The root is named so that whoever cleans up after us knows the process by it.
  const fixed = [bin, '--rootDir', root, '--ci', '--forceExit', '--runTestsByPath'];
  const child = spawn(process.execPath, [...fixed, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = join(root, '..', 'jest.pid');
  writeFileSync(pid, String(child.pid));
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, TIMEOUT_MS);
  return new Promise<{ output: string; isLate: boolean }>((done) => {
    child.on('close', () => {
      clearTimeout(timer);
      rmSync(pid, { force: true });
      done({ output, isLate });
    });
  });
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}
