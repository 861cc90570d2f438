import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The PostgreSQL programs that npm installed for this machine. The packages cannot carry symbolic
 * links, and a package manager told to run no scripts leaves them out; they are made here then.
 *
 * @throws EmbeddedPostgresError when there are none for this platform: set DATABASE_URL instead
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const packageName = `@embedded-postgres/${platform}-${process.arch}`;
  const packageFolder = findPackage(packageName);
  if (packageFolder === undefined) {
    throw new EmbeddedPostgresError(
      `no PostgreSQL for ${platform}-${process.arch} is installed (${packageName}); ` +
        'set DATABASE_URL to use a server of your own',
    );
  }
  linkLibraries(packageFolder);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (name: string) => join(packageFolder, 'native', 'bin', `${name}${suffix}`);
  const binaries = { postgres: binary('postgres'), initdb: binary('initdb') };
  Object.values(binaries).forEach(makeExecutable);
  return binaries;
}

/** The package exports ES modules only, so it is looked for, not required. */
function findPackage(name: string): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'native', 'bin'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function linkLibraries(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;

  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      // Another process starting at the same time made it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(path: string): void {
  const wanted = 0o555;
  const { mode } = statSync(path);
  // Only when needed: a read-only file system refuses even a chmod that changes nothing.
  if ((mode & wanted) !== wanted) chmodSync(path, mode | wanted);
}
