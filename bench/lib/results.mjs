// Each run leaves one line of JSON in results/runs.jsonl: what was measured, when, on what.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './dist.mjs';

const FOLDER = join(ROOT, 'bench', 'results');

/** Keeps the figures of one run and prints them. `figures` is a flat object of numbers and text. */
export function record(bench, options, figures) {
  const line = {
    bench,
    at: new Date().toISOString(),
    commit: commit(),
    node: process.version,
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0],
    options,
    figures,
  };
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(join(FOLDER, 'runs.jsonl'), `${JSON.stringify(line)}\n`);
  print(bench, options, figures);
}

function print(bench, options, figures) {
  const given = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  console.log(`\n${bench} ${given.join(' ')}`);
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  for (const [name, value] of Object.entries(figures)) {
    console.log(`  ${name.padEnd(width)}  ${value}`);
  }
}

function commit() {
  const options = { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  try {
    const changed = execFileSync('git', ['status', '--porcelain'], options).trim() !== '';
    const head = execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
    return changed ? `${head}+changes` : head;
  } catch {
    return 'no commit';
  }
}
