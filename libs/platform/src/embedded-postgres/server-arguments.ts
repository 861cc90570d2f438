import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type ServerSettings = Readonly<Record<string, string>>;

const SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  // The path of a socket may have 107 characters; that of a data folder may be longer.
  unix_socket_directories: '',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  max_connections: '200',
  fsync: 'on',
  timezone: 'UTC',
  jit: 'off',
  // The log lies about in the data folder: no statements and no values of customers in it.
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

/** The command line of a server; the same for the same folder, port and settings. */
export function serverArguments(
  dataFolder: string,
  port: number,
  settings: ServerSettings,
): readonly string[] {
  const all = { ...SETTINGS, ...settings, port: String(port) };
  return ['-D', dataFolder, ...Object.entries(all).flatMap(([k, v]) => ['-c', `${k}=${v}`])];
}

/** Whether the server that runs on the folder was started with these arguments. */
export function isStartedWith(dataFolder: string, wanted: readonly string[]): boolean {
  let line: string;
  try {
    line = readFileSync(join(dataFolder, 'postmaster.opts'), 'utf8').trim();
  } catch {
    return false;
  }
  // The file holds: /path/of/postgres "-D" "/folder" "-c" "name=value" …
  return line.endsWith(wanted.map((argument) => ` "${argument}"`).join(''));
}
