import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './binaries';
import { EmbeddedPostgresError } from './embedded-postgres-error';
import { serverEnvironment } from './server-environment';
import type { ServerUser } from './server-user';

export interface ClusterOptions {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser;
  readonly folder: string;
  readonly dataFolder: string;
  readonly superuser: string;
  readonly password: string;
}

/**
 * Makes the data of an empty server. They appear at their place only when they are complete, so a
 * kill in the middle leaves nothing that looks like a database.
 */
export async function initialiseCluster(options: ClusterOptions): Promise<void> {
  const { binaries, user, folder, dataFolder, superuser, password } = options;
  const draft = join(folder, 'data.new');
  const passwordFile = join(draft, 'password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.owner !== undefined) {
    chownSync(draft, user.owner.uid, user.owner.gid);
    chownSync(passwordFile, user.owner.uid, user.owner.gid);
  }
  const cluster = join(draft, 'cluster');
  // The order of texts must not depend on the machine: it decides the order of locks and pages.
  await run(user, binaries.initdb, [
    `--pgdata=${cluster}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  renameSync(cluster, dataFolder);
  rmSync(draft, { recursive: true, force: true });
}

function run(user: ServerUser, program: string, args: readonly string[]): Promise<void> {
  const { command, args: all, options } = user.command(program, args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, {
      ...options,
      cwd: '/',
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresError(`initdb failed: ${said.trim()}`));
    });
  });
}
