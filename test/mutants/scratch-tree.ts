import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GuardMutant } from './guard-mutant';
import { patchedFiles } from './patch';

export const ROOT = resolve(__dirname, '../..');

/** Nothing of the sources, or linked. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', '.amends', 'coverage', 'dist']);
const LINKED = ['node_modules', '.cache'];
/** What specs read beside the project, where it is there. */
const BESIDE = 'shared';

/** Where the database that all others are clones of has just been migrated. */
export const TEMPLATE = {
  file: 'libs/testing/src/database/migrated-template.ts',
  find: 'await migrate(withDatabase(server, NAME));',
};

/** A copy of the sources to be changed, with the packages of the original. */
export class ScratchTree {
  readonly root: string;
  private readonly originals = new Map<string, string>();

  /** @param folder an empty one, for this tree alone */
  constructor(folder: string) {
    this.root = join(folder, 'amends');
    mkdirSync(this.root, { recursive: true });
    cpSync(ROOT, this.root, {
      recursive: true,
      filter: (from) => resolve(from, '..') !== ROOT || isCopied(basename(from)),
    });
    for (const name of LINKED) link(join(ROOT, name), join(this.root, name));
    link(join(ROOT, '..', BESIDE), join(folder, BESIDE));
  }

  /** Takes a guard out, until `restore`. @throws Error for a patch that does not fit */
  mutate(mutant: GuardMutant): void {
    const { damage = [] } = mutant;
    const patches = damage.length === 0 ? mutant.patches : [...mutant.patches, damagePatch(damage)];
    for (const [file, code] of patchedFiles(this.root, { name: mutant.name, patches })) {
      const path = join(this.root, file);
      this.originals.set(path, readFileSync(path, 'utf8'));
      writeFileSync(path, code);
    }
  }

  restore(): void {
    for (const [path, code] of this.originals) writeFileSync(path, code);
    this.originals.clear();
  }
}

function damagePatch(statements: readonly string[]) {
  const all = JSON.stringify(statements.join(';\n'));
  return {
    ...TEMPLATE,
    replace: `${TEMPLATE.find} await run(withDatabase(server, NAME), ${all});`,
  };
}

function isCopied(name: string): boolean {
  return !LEFT_OUT.has(name) && !LINKED.includes(name);
}

function link(to: string, from: string): void {
  // A junction where there are no links for everybody; elsewhere the word means nothing.
  if (existsSync(to)) symlinkSync(to, from, 'junction');
}
