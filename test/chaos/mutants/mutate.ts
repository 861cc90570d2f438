import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutant';

const ROOT = resolve(__dirname, '../../..');

/** A copy of what is built with the mutant's patches in it; answers where it lies. */
export function mutate({ name, patches }: Mutant): string {
  // Not in the folder of the run: it has to find node_modules.
  const dist = join(ROOT, '.cache/chaos-mutants', name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  for (const { file, find, replace } of patches) {
    const path = join(dist, 'libs', file);
    const code = readFileSync(path, 'utf8');
    const parts = code.split(find);
    if (parts.length !== 2) {
      throw new Error(`mutant ${name}: ${file} has ${String(parts.length - 1)} times ${find}`);
    }
    writeFileSync(path, parts.join(replace));
  }
  return dist;
}

export function removeMutant({ name }: Mutant): void {
  rmSync(join(ROOT, '.cache/chaos-mutants', name), { recursive: true, force: true });
}
