// `npm run sbom`: writes dist/sbom.cdx.json, every package that production installs, as CycloneDX. Needs no network.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const FILE = join(ROOT, 'dist', 'sbom.cdx.json');

readArguments('npm run sbom');
const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
const { status, stdout, stderr, error } = spawnSync('npm', args, {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) {
  console.error(error?.message ?? stderr);
  process.exit(1);
}
const { components = [], specVersion } = JSON.parse(stdout);
mkdirSync(dirname(FILE), { recursive: true });
writeFileSync(FILE, stdout);
console.log(
  `written: dist/sbom.cdx.json (CycloneDX ${specVersion}, ${components.length} packages)`,
);
