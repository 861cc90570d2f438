import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change of a file: `find` must be there exactly once. */
export interface Patch {
  /** Below the folder that the mutants of a kind are made from. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A guard taken out of the code, of the schema, or of both. */
export interface BaseMutant {
  readonly name: string;
  /** What is lost. */
  readonly without: string;
  readonly patches: readonly Patch[];
  /** Statements that take a guard out of the migrated database. */
  readonly damage?: readonly string[];
}

/**
 * Code without its guards, by file below the folder.
 * @throws Error for a patch that does not fit what is there: the mutant would prove nothing
 */
export function patchedFiles(
  folder: string,
  { name, patches }: Pick<BaseMutant, 'name' | 'patches'>,
): ReadonlyMap<string, string> {
  const patched = new Map<string, string>();
  for (const { file, find, replace } of patches) {
    const code = patched.get(file) ?? readFileSync(join(folder, file), 'utf8');
    const parts = code.split(find);
    if (parts.length !== 2) {
      throw new Error(`mutant ${name}: ${file} has ${String(parts.length - 1)} times ${find}`);
    }
    patched.set(file, parts.join(replace));
  }
  return patched;
}
