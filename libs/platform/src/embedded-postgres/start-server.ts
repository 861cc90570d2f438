import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPostmaster } from './postmaster';
import { serverEnvironment } from './server-environment';
import type { ServerCommand } from './server-user';

export type StartedServer =
  | { readonly ok: true; readonly pid: number }
  | { readonly ok: false; readonly portTaken: boolean; readonly message: string };

const POLL_MS = 10;
/** After a power cut the server first reads its log; that may take long, but not for ever. */
const READY_TIMEOUT_MS = 120_000;
const LOG_BYTES_MAX = 10_000_000;

/** Starts the server in a session of its own and waits until it takes connections. */
export async function startServer(options: {
  readonly command: ServerCommand;
  readonly dataFolder: string;
  readonly logFile: string;
}): Promise<StartedServer> {
  const { command, dataFolder, logFile } = options;
  const log = openLog(logFile);
  const logStart = statSync(logFile).size;
  const child = spawn(command.command, command.args, {
    ...command.options,
    cwd: '/',
    env: serverEnvironment(),
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended: string | undefined;
  child.on('error', (error) => (ended = error.message));
  child.on('exit', (code, signal) => (ended ??= `exit ${String(code ?? signal)}`));
  child.unref();

  const giveUpAtMs = Date.now() + READY_TIMEOUT_MS;
  while (ended === undefined && Date.now() < giveUpAtMs) {
    const server = readPostmaster(dataFolder);
    if (server?.pid === child.pid && server?.status === 'ready')
      return { ok: true, pid: server.pid };
    await sleep(POLL_MS);
  }
  if (ended === undefined) child.kill('SIGQUIT');
  const said = readFileSync(logFile).subarray(logStart).toString().trim();
  return {
    ok: false,
    portTaken: /could not (bind|create any TCP)/.test(said),
    message: `the database server did not start (${ended ?? 'not ready in time'}): ${said}`,
  };
}

/** Goes on with the log, or starts it anew when it has grown large. */
function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return openSync(path, size > LOG_BYTES_MAX ? 'w' : 'a', 0o600);
}
