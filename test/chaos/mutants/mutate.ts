import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { patchedFiles } from '../../mutants/patch';
import type { Mutant } from './mutant';

const ROOT = resolve(__dirname, '../../..');
export const BUILT = join(ROOT, 'dist/libs');

/** A copy of what is built with the mutant's patches in it; answers where it lies. */
export function mutate(mutant: Mutant): string {
  // Not in the folder of the run: it has to find node_modules.
  const dist = join(ROOT, '.cache/chaos-mutants', mutant.name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  for (const [file, code] of patchedFiles(BUILT, mutant)) {
    writeFileSync(join(dist, 'libs', file), code);
  }
  return dist;
}

export function removeMutant({ name }: Mutant): void {
  rmSync(join(ROOT, '.cache/chaos-mutants', name), { recursive: true, force: true });
}
