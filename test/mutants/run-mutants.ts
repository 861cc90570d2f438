import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { testRunFolder } from '@amends/testing';
import type { GuardMutant } from './guard-mutant';
import { runSpec, type SpecOutcome } from './run-spec';
import { ScratchTree } from './scratch-tree';

export interface Judged {
  readonly mutant: GuardMutant;
  readonly isCaught: boolean;
  /** In one line. */
  readonly verdict: string;
}

type Log = (text: string) => void;

/**
 * Takes each guard out by itself and runs the spec that has to see it; before, every such spec with all guards in place,
 * where it has to be green.
 */
export async function runMutants(
  mutants: readonly GuardMutant[],
  atOnce: number,
  log: Log,
): Promise<readonly Judged[]> {
  const trees = Array.from({ length: atOnce }, (_, index) => {
    const folder = join(testRunFolder(), `tree-${String(index)}`);
    mkdirSync(folder);
    return new ScratchTree(folder);
  });
  const specs = [...new Set(mutants.map(({ spec }) => spec))];
  const controls = new Map<string, SpecOutcome>();
  await share(specs, trees, async (spec, { root }) => {
    const outcome = await runSpec(root, spec);
    controls.set(spec, outcome);
    log(`control ${spec}: ${outcome.trouble ?? `${String(outcome.failed.length)} red`}`);
  });
  const judged = new Map<GuardMutant, Judged>();
  await share(mutants, trees, async (mutant, tree) => {
    const one = await judge(mutant, tree, controls.get(mutant.spec));
    judged.set(mutant, one);
    log(`${mutant.name}: ${one.verdict}`);
  });
  return mutants.flatMap((mutant) => judged.get(mutant) ?? []);
}

async function judge(
  mutant: GuardMutant,
  tree: ScratchTree,
  control: SpecOutcome | undefined,
): Promise<Judged> {
  const not = (verdict: string): Judged => ({ mutant, isCaught: false, verdict });
  const isMeant = (name: string) => name.includes(mutant.test);
  const green = control?.passed.filter(isMeant) ?? [];
  if (control?.failed.some(isMeant)) return not('RED WITH ITS GUARD');
  if (green.length === 0) return not('NO SUCH TEST');
  try {
    tree.mutate(mutant);
  } catch (error) {
    return not(`DOES NOT FIT: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    const { passed, failed, trouble } = await runSpec(tree.root, mutant.spec);
    if (trouble !== undefined) return not(`DOES NOT RUN: ${trouble.replaceAll('\n', ' ')}`);
    const red = `${String(failed.length)} of ${String(failed.length + passed.length)} red`;
    return failed.some(isMeant)
      ? { mutant, isCaught: true, verdict: `caught (${red})` }
      : not(`NOT CAUGHT (${red})`);
  } finally {
    tree.restore();
  }
}

/** Does the work for each item, one at a time per tree. */
async function share<T>(
  items: readonly T[],
  trees: readonly ScratchTree[],
  work: (item: T, tree: ScratchTree) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  await Promise.all(
    trees.map(async (tree) => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item, tree);
      }
    }),
  );
}
