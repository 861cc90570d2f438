import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { testRunFolder } from '@amends/testing';
import { countsOf, missingBites } from './bites';
import { Campaign } from './campaign';
import { keepEvidence } from './evidence';
import { killApi, killDetectors, killRemedies, shakeGround } from './faults/scripts';
import { runMutants } from './mutants/run-mutants';
import type { ChaosOptions } from './options';
import { report } from './report';
import { addUp, commit, keepResult, readResults, type PartResult } from './results';

const WEIGHTS = {
  wait: 30,
  damaged: 9,
  visit: 15,
  promise: 25,
  stalls: 25,
  gift: 6,
  desk: 15,
  bytes: 2,
  oddText: 1,
};
const REST_MS = 200_000;

/** Answers whether all is well. */
export async function main(options: ChaosOptions): Promise<boolean> {
  if (options.isSum) {
    // What has to bite in a part may have changed since it ran.
    const results = readResults().map((one) => ({ ...one, missing: missingBites(one, false) }));
    const [deaths, done, seen] = (['deaths', 'done', 'seen'] as const).map((what) =>
      addUp(results.map((one) => one[what])),
    );
    const missing = missingBites({ deaths: deaths!, done: done!, seen: seen! }, true);
    process.stdout.write(report(results));
    for (const what of missing) process.stdout.write(`NO BITE in all of them: ${what}\n`);
    return results.every(isGood) && missing.length === 0;
  }
  const startMs = performance.now();
  const log = (text: string): void => {
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    if (options.isLoud) process.stderr.write(`${seconds.padStart(6)} ${text}\n`);
  };
  if (options.mutants !== undefined) return runMutants(options.mutants, options.seed, log);
  return runPart(options, log);
}

async function runPart(options: ChaosOptions, log: (text: string) => void): Promise<boolean> {
  const { seed, minutes, part, parts } = options;
  const folder = join(testRunFolder(), `part-${String(part)}`);
  mkdirSync(folder, { recursive: true });
  const outcome = await new Campaign({
    folder,
    seed: seed * 1_000 + part,
    weights: WEIGHTS,
    storiesPerSecond: 16,
    noisePerSecond: 500,
    seconds: minutes * 60,
    scripts: [killDetectors, killRemedies, killApi, shakeGround],
    restMs: REST_MS,
    log,
  }).run();
  const counts = countsOf(outcome);
  const result: PartResult = {
    at: new Date().toISOString(),
    commit: commit(),
    seed,
    part,
    parts,
    minutes,
    faults: outcome.faults,
    missing: missingBites(counts, false),
    events: outcome.events,
    incidents: outcome.verdict?.incidents ?? 0,
    paid: outcome.verdict?.paid ?? 0,
    checks: outcome.checks,
    ...counts,
    recovered: outcome.recovered,
  };
  if (!options.isTrial) keepResult(result);
  if (result.faults.length > 0) {
    const kept = keepEvidence(folder, `${String(seed)}-${String(part)}`);
    process.stdout.write(`evidence: ${kept}\n`);
  }
  process.stdout.write(report([result]));
  return isGood(result);
}

function isGood({ faults, missing }: PartResult): boolean {
  return faults.length === 0 && missing.length === 0;
}
