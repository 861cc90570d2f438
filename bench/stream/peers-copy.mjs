// The peers of ../shared/bench/peers, to be installed and run: what lies there is only read.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PEERS, ROOT } from '../lib/dist.mjs';

export const PEERS_COPY = join(ROOT, '.cache', 'peers');

/** Brings the copy up to date and installs what these implementations need; minutes the first time. */
export function installPeers(folders) {
  mkdirSync(PEERS_COPY, { recursive: true });
  cpSync(PEERS, PEERS_COPY, { recursive: true, preserveTimestamps: true });
  npmInstall('.');
  for (const folder of folders) {
    if (existsSync(join(PEERS_COPY, folder, 'pom.xml'))) mavenPackage(folder);
    else if (existsSync(join(PEERS_COPY, folder, 'package.json'))) {
      npmInstall(folder);
      run('npx', ['tsc', '-p', '.'], folder);
    }
  }
}

/** A module of the harness, out of the copy, where its packages are. */
export function peersModule(path) {
  return import(pathToFileURL(join(PEERS_COPY, path)).href);
}

function npmInstall(folder) {
  if (existsSync(join(PEERS_COPY, folder, 'node_modules'))) return;
  run('npm', ['install', '--no-audit', '--no-fund', '--silent'], folder);
}

function mavenPackage(folder) {
  if (existsSync(join(PEERS_COPY, folder, 'target', 'libs'))) return;
  run('mvn', ['-q', '-B', 'clean', 'package'], folder);
}

function run(command, args, folder) {
  execFileSync(command, args, { cwd: join(PEERS_COPY, folder), stdio: ['ignore', 2, 2] });
}
