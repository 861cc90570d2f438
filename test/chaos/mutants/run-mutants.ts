import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { testRunFolder } from '@amends/testing';
import { Campaign, NOT_AT_REST } from '../campaign';
import { keepEvidence } from '../evidence';
import type { Weights } from '../stream/storyteller';
import { CONTROL, MUTANTS } from './catalogue';
import { mutate, removeMutant } from './mutate';
import type { Mutant } from './mutant';

const NOTHING: Weights = {
  wait: 0,
  damaged: 0,
  visit: 0,
  promise: 0,
  stalls: 0,
  gift: 0,
  desk: 0,
  bytes: 0,
  oddText: 0,
};
/** Longer than the lease of a message that somebody died with. */
const REST_MS = 150_000;

/** Answers whether each mutant was found out, and the control was not. */
export async function runMutants(
  names: readonly string[],
  seed: number,
  log: (text: string) => void,
): Promise<boolean> {
  const all = [CONTROL, ...MUTANTS];
  const unknown = names.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`no such mutant: ${unknown.join(', ')}`);
  const wanted = all.filter(({ name }) => names.length === 0 || names.includes(name));
  let isGood = true;
  for (const mutant of wanted) {
    const faults = await faultsOf(mutant, seed, log);
    const isRight = faults.length > 0 === (mutant !== CONTROL);
    isGood &&= isRight;
    const colour = faults.length > 0 ? 'red' : 'green';
    const first = (faults[0] ?? '').slice(0, 160);
    const row = [mutant.name, mutant.without, colour, isRight ? '' : 'WRONG', first];
    process.stdout.write(`| ${row.join(' | ')} |\n`);
  }
  return isGood;
}

async function faultsOf(
  mutant: Mutant,
  seed: number,
  log: (text: string) => void,
): Promise<readonly string[]> {
  const { name, damage = [], scripts, seconds } = mutant;
  const isControl = mutant === CONTROL;
  const folder = join(testRunFolder(), `mutant-${name}`);
  mkdirSync(folder, { recursive: true });
  const dist = mutate(mutant);
  try {
    const { faults } = await new Campaign({
      folder,
      seed,
      dist,
      damage,
      seconds,
      scripts,
      weights: { ...NOTHING, ...mutant.weights },
      storiesPerSecond: mutant.storiesPerSecond ?? 20,
      noisePerSecond: mutant.noisePerSecond ?? 100,
      restMs: REST_MS,
      stopsAtFault: !isControl,
      log: (text) => {
        log(`${name}: ${text}`);
      },
    }).run();
    if (isControl && faults.length > 0) log(`evidence: ${keepEvidence(folder, 'control')}`);
    // That something takes long is no proof of anything.
    return isControl ? faults : faults.filter((fault) => !fault.startsWith(NOT_AT_REST));
  } finally {
    removeMutant(mutant);
  }
}
