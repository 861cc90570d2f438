import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutant';

const ROOT = resolve(__dirname, '../../..');

/** A copy of what is built with the mutant's patches in it; answers where it lies. */
export function mutate({ name, patches }: Pick<Mutant, 'name' | 'patches'>): string {
  // Not in the folder of the run: it has to find node_modules.
  const dist = join(ROOT, '.cache/chaos-mutants', name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  for (const [file, code] of patchedFiles({ name, patches })) {
    writeFileSync(join(dist, 'libs', file), code);
  }
  return dist;
}

/**
 * Code without its guards, by file below `dist/libs`.
 * @throws Error for a patch that does not fit what is built: the mutant would prove nothing
 */
export function patchedFiles({ name, patches }: Pick<Mutant, 'name' | 'patches'>) {
  const patched = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const code = patched.get(file) ?? readFileSync(join(ROOT, 'dist/libs', file), 'utf8');
    const parts = code.split(find);
    if (parts.length !== 2) {
      throw new Error(`mutant ${name}: ${file} has ${String(parts.length - 1)} times ${find}`);
    }
    patched.set(file, parts.join(replace));
  }
  return patched;
}

export function removeMutant({ name }: Mutant): void {
  rmSync(join(ROOT, '.cache/chaos-mutants', name), { recursive: true, force: true });
}
