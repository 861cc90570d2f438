// What is measured is what ships: the compiled files in dist/, brought up to date first.
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from '../../scripts/build.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The harness with the peers' workload and reference lies beside the project and is only read. */
export const PEERS = resolve(ROOT, '..', 'shared', 'bench', 'peers');

const require = createRequire(import.meta.url);

export { build };

/** A library of ours, as compiled: `library('domain')`. */
export function library(name) {
  return require(join(ROOT, 'dist', 'libs', name, 'src', 'index.js'));
}

/** One file of a library, for who must not pay for loading the rest: `libraryFile('persistence', 'history/pack-segment')`. */
export function libraryFile(name, path) {
  return require(join(ROOT, 'dist', 'libs', name, 'src', `${path}.js`));
}

/** The entry file of an app, as compiled: `appMain('detector')`. */
export function appMain(name) {
  return join(ROOT, 'dist', 'apps', name, 'src', 'main.js');
}
