// Runs every generator into a temporary folder and compares with what is committed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { listGenerators, ROOT, runGenerator } from './generators.mjs';

const folder = mkdtempSync(join(tmpdir(), 'amends-generated-'));
try {
  const stale = listGenerators().filter((generator) => !isCurrent(generator));
  for (const { file } of stale) console.error(`${file} is out of date: npm run gen`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function isCurrent(generator) {
  const fresh = join(folder, basename(generator.file));
  runGenerator(generator, fresh);
  return readFileSync(fresh, 'utf8') === read(join(ROOT, generator.file));
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
