// The scripts of package.json named `gen:…` write a file each: its path is their last word.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** @returns {{ name: string, program: string[], file: string }[]} */
export function listGenerators() {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.entries(scripts)
    .filter(([name]) => name.startsWith('gen:'))
    .map(([name, command]) => {
      const words = command.split(' ');
      if (words[0] !== 'node') throw new Error(`${name} has to read: node … <file it writes>`);
      return { name, program: words.slice(1, -1), file: words.at(-1) };
    });
}

export function runGenerator({ name, program, file }) {
  const { status } = spawnSync(process.execPath, [...program, file], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${name} failed`);
}
