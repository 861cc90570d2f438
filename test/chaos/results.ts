import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Recovered } from './oracle/recovery';

type Counts = Readonly<Record<string, number>>;

/** The figures of one part, a line of JSON. */
export interface PartResult {
  readonly at: string;
  readonly commit: string;
  readonly seed: number;
  readonly part: number;
  readonly parts: number;
  readonly minutes: number;
  readonly faults: readonly string[];
  readonly missing: readonly string[];
  readonly events: number;
  readonly incidents: number;
  readonly paid: number;
  readonly checks: number;
  readonly deaths: Counts;
  readonly done: Counts;
  readonly seen: Counts;
  readonly recovered: readonly Recovered[];
}

const ROOT = resolve(__dirname, '../..');
const FILE = resolve(ROOT, 'bench/results/chaos.jsonl');

export function keepResult(result: PartResult): void {
  mkdirSync(dirname(FILE), { recursive: true });
  appendFileSync(FILE, `${JSON.stringify(result)}\n`);
}

/** Every part that was kept, of all commits. */
export function readResults(): PartResult[] {
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PartResult);
}

export function commit(): string {
  const run = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const isChanged = run('status', '--porcelain').trim() !== '';
    return run('rev-parse', '--short', 'HEAD').trim() + (isChanged ? '+changes' : '');
  } catch {
    return 'no commit';
  }
}

/** The value below which that share of the values lies, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function addUp(all: readonly Counts[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Kill -9 in all: by the campaign, and at crash points. */
export function killsOf(deaths: Counts): number {
  return Object.entries(deaths).reduce((sum, [how, n]) => (how === 'exit' ? sum : sum + n), 0);
}
