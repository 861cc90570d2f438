// What processes cost, from /proc (Linux). On other systems these give zeros, which the results say.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in /proc/<pid>/stat; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user and system) of the processes so far. */
export function cpuSeconds(pids) {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
}

/** CPU seconds of a process, of its children, and of those of its children that have ended. */
export function familyCpuSeconds(pid) {
  const fields = statFields(pid);
  const ended = fields === undefined ? 0 : ticks(fields, 13, 14);
  return ended + cpuSeconds(withDescendants(pid));
}

/** Resident memory of one process now, MiB. */
export function residentMiB(pid) {
  return statusMiB(pid, 'VmRSS');
}

/** The most it ever had, MiB. */
export function peakMiB(pid) {
  return statusMiB(pid, 'VmHWM');
}

/** A process and all that descend from it. */
function withDescendants(pid) {
  const children = new Map();
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = statFields(Number(entry))?.[1];
    if (parent === undefined) continue;
    const list = children.get(Number(parent)) ?? [];
    children.set(Number(parent), [...list, Number(entry)]);
  }
  const all = [pid];
  for (const one of all) all.push(...(children.get(one) ?? []));
  return all;
}

/**
 * Starts `node <file>` as `npm start` and the image do; whatever it writes, which is warnings, goes to our standard error unless it has a
 * log. What stands in BENCH_NODE_ARGS goes before the file, such as `--cpu-prof --cpu-prof-dir=<folder>`.
 *
 * @returns {import('node:child_process').ChildProcess}
 */
export function startNode(file, env, { log } = {}) {
  const before = [
    '--max-semi-space-size=64',
    '--v8-pool-size=1',
    ...(process.env.BENCH_NODE_ARGS?.split(' ') ?? []),
  ];
  return start(process.execPath, [...before, file], { env, log });
}

/** Starts a program that ends with us. `log`: a file that takes what it writes. */
export function start(command, args, { env = {}, cwd, log } = {}) {
  const out = log === undefined ? process.stderr : openSync(log, 'w');
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', out, out],
  });
  if (typeof out === 'number') closeSync(out);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** SIGTERM, and waits until it has gone; SIGKILL where that takes too long. */
export async function stop(child, patienceMs = 30_000) {
  if (hasEnded(child)) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}

export function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function cpuOf(pid) {
  const fields = statFields(pid);
  return fields === undefined ? 0 : ticks(fields, 11, 12);
}

/** utime, stime, cutime, cstime are fields 14 to 17; ours begin with field 3, the state. */
function ticks(fields, ...indexes) {
  return indexes.reduce((sum, index) => sum + Number(fields[index]), 0) / TICKS_PER_SECOND;
}

/** The fields of /proc/<pid>/stat behind the name, which may itself hold blanks and brackets. */
function statFields(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}

function statusMiB(pid, name) {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
