// Runs every generator and compares with what was there, which is put back: nothing is changed.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listGenerators, ROOT, runGenerator } from './generators.mjs';

const stale = listGenerators().filter((generator) => !isCurrent(generator));
for (const { file } of stale) console.error(`${file} is out of date: npm run gen`);
process.exitCode = stale.length === 0 ? 0 : 1;

function isCurrent(generator) {
  const path = join(ROOT, generator.file);
  const before = read(path);
  try {
    runGenerator(generator);
    return read(path) === before;
  } finally {
    if (before === undefined) rmSync(path, { force: true });
    else writeFileSync(path, before);
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
