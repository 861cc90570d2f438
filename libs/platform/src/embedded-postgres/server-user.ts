import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error';

/** A program to be started as the user the database runs as. */
export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

/** Whom PostgreSQL runs as, which refuses to run as root. */
export interface ServerUser {
  /** The user that must own the data, when it is not ours. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  command(program: string, args: readonly string[]): ServerCommand;
}

const USER_NAME = 'postgres';

/**
 * Decides whom the database runs as. An ordinary user: as themselves. Root: as whoever owns the
 * data already, else as `postgres`, which is made when the machine does not have it.
 *
 * @param reached paths the server has to get at: its folder and its programs. Root may have put
 *   them where others cannot look, such as below /root or a private temporary folder.
 * @param dataOwner uid and gid of the data when they exist
 */
export function chooseServerUser(
  reached: readonly string[],
  dataOwner: { readonly uid: number; readonly gid: number } | undefined,
): ServerUser {
  const ownUid = process.getuid?.();
  if (ownUid !== 0) {
    if (ownUid !== undefined && dataOwner !== undefined && dataOwner.uid !== ownUid) {
      throw new EmbeddedPostgresError(
        `the database belongs to user ${String(dataOwner.uid)}, not to you: it was made by ` +
          'another user or by root. Start as that user, or give another AMENDS_DATA_DIR',
      );
    }
    return { command: (command, args) => ({ command, args, options: {} }) };
  }

  const owner =
    dataOwner !== undefined && dataOwner.uid !== 0 ? dataOwner : (lookUp(USER_NAME) ?? makeUser());
  if (reached.every((path) => canReach(path, owner))) {
    return { owner, command: (command, args) => ({ command, args, options: owner }) };
  }
  return { owner, command: throughSetpriv(owner) };
}

function lookUp(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined
    ? undefined
    : { uid: Number(uid), gid: Number(gid) };
}

/** On a machine that cannot make users, `nobody` must do: it owns nothing else. */
function makeUser(): { uid: number; gid: number } {
  spawnSync('groupadd', ['--system', USER_NAME], { stdio: 'ignore' });
  const settings = ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin'];
  spawnSync('useradd', [...settings, '--gid', USER_NAME, USER_NAME], { stdio: 'ignore' });
  const made = lookUp(USER_NAME) ?? lookUp('nobody');
  if (made === undefined) {
    throw new EmbeddedPostgresError(
      'PostgreSQL does not run as root, and there is no other user: create one named "postgres"',
    );
  }
  return made;
}

function canReach(path: string, user: { uid: number; gid: number }): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The server gets one capability of root's to look through closed folders. The other ways out are
 * worse: opening the folders to everybody, or putting the data somewhere unexpected.
 */
function throughSetpriv({ uid, gid }: { uid: number; gid: number }): ServerUser['command'] {
  const user = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  // The server looks for its own program with access(2), which ignores capabilities without this.
  const drop = [...user, '--securebits=+no_setuid_fixup'];
  // Containers commonly take the first away and leave the second.
  for (const capability of ['dac_read_search', 'dac_override']) {
    const keep = [`--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
    const probe = spawnSync('setpriv', [...drop, ...keep, 'true'], { stdio: 'ignore' });
    if (probe.status === 0) {
      return (program, args) => ({
        command: 'setpriv',
        args: [...drop, ...keep, program, ...args],
        options: {},
      });
    }
  }
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and the user it would run as cannot look into this folder; ' +
      'move the program and its data to a folder others may enter, or install setpriv (util-linux)',
  );
}
