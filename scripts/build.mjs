// Compiles apps, libs and migrations to dist/, only what has changed since the last time. Types are
// not looked at here (`npm run check` does), so it takes a second, not a minute.
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withLock } from './with-lock.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, '.built-with');
const FOLDERS = ['apps', 'libs', 'migrations'];
const LEFT_OUT = /([.-](spec|contract)\.ts|\.d\.ts)$|^libs\/testing\/|^apps\/console\//;
/** Files that are read at run time and so belong beside the code. */
const ASSETS = /\.(json|liquid|yaml|sql)$/;

/** @returns {Promise<number>} how many files were written or removed */
export async function build() {
  return withLock(join(ROOT, '.cache', 'build.lock'), async () => {
    forgetOtherBuild();
    const sources = new Map(listSources().map((source) => [outputOf(source), source]));
    const stale = [...sources].filter(([output, source]) => isNewer(source, output));
    const gone = listFiles(DIST).filter((file) => !sources.has(file) && isOutput(file));

    if (stale.length > 0) {
      const { transformFile } = await import('@swc/core');
      for (const [output, source] of stale) await compile(transformFile, source, output);
    }
    for (const file of gone) {
      rmSync(join(DIST, file));
      rmSync(join(DIST, `${file}.map`), { force: true });
    }
    return stale.length + gone.length;
  });
}

/** Another compiler or configuration makes everything stale. */
function forgetOtherBuild() {
  const hash = createHash('sha256');
  for (const file of ['.swcrc', 'scripts/build.mjs', 'node_modules/@swc/core/package.json']) {
    hash.update(readFileSync(join(ROOT, file)));
  }
  const wanted = hash.digest('hex');
  if (readOr(STAMP, '') === wanted) return;
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST, { recursive: true });
  writeFileSync(STAMP, wanted);
}

async function compile(transformFile, source, output) {
  const target = join(DIST, output);
  mkdirSync(dirname(target), { recursive: true });
  if (!source.endsWith('.ts')) {
    replace(target, readFileSync(join(ROOT, source)));
    return;
  }
  const { code, map } = await transformFile(join(ROOT, source), {
    configFile: join(ROOT, '.swcrc'),
    sourceMaps: true,
  });
  const name = output.slice(output.lastIndexOf('/') + 1);
  replace(`${target}.map`, map ?? '');
  replace(target, `${withRelativeAliases(code, output)}\n//# sourceMappingURL=${name}.map\n`);
}

/** `require("@amends/domain")` becomes the relative path of that library's index in dist/. */
function withRelativeAliases(code, output) {
  return code.replace(/\b(require|import)\("@amends\/([\w-]+)"\)/g, (_, how, name) => {
    const path = relative(dirname(output), `libs/${name}/src/index.js`).replaceAll('\\', '/');
    return `${how}("${path.startsWith('.') ? path : `./${path}`}")`;
  });
}

function listSources() {
  return FOLDERS.flatMap((folder) => listFiles(join(ROOT, folder)).map((f) => `${folder}/${f}`))
    .filter((file) => !LEFT_OUT.test(file))
    .filter((file) => file.endsWith('.ts') || ASSETS.test(file));
}

function outputOf(source) {
  return source.replace(/\.ts$/, '.js');
}

function isOutput(file) {
  return file.endsWith('.js') || ASSETS.test(file);
}

function isNewer(source, output) {
  const built = statSync(join(DIST, output), { throwIfNoEntry: false });
  return built === undefined || statSync(join(ROOT, source)).mtimeMs >= built.mtimeMs;
}

function listFiles(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}

/** Whoever runs from dist/ meanwhile sees the old file or the new one, never half of it. */
function replace(path, content) {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const startedAtMs = Date.now();
  const count = await build();
  if (count > 0) console.log(`built: ${count} files in ${Date.now() - startedAtMs} ms`);
}
