// Ends every process a test run has left behind and removes its folder. Whatever a spec starts
// keeps a `*.pid` file below that folder while it runs; PostgreSQL does so by itself.
const { spawnSync } = require('node:child_process');
const { readdirSync, readFileSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { basename, join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

/** @param {string} folder */
exports.cleanUp = async function cleanUp(folder) {
  for (const file of filesEndingIn(folder, '.container')) {
    spawnSync('docker', ['rm', '--force', read(file).trim()], { stdio: 'ignore' });
  }
  // Twice: a service that is being ended may just be starting its database.
  for (let round = 0; round < 2; round += 1) {
    const files = filesEndingIn(folder, '.pid');
    // Programs first: they would complain about, or restart, a database that goes before them.
    await endAll(
      files.filter((file) => basename(file) !== 'postmaster.pid'),
      folder,
    );
    await endAll(
      files.filter((file) => basename(file) === 'postmaster.pid'),
      folder,
    );
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
};

/** Runs whose reaper was killed as well: their number is in the folder's name. */
exports.sweepAbandoned = async function sweepAbandoned() {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^amends-test-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    // Other people's runs are theirs to clean up.
    if (statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()) {
      await exports.cleanUp(folder);
    }
  }
};

/** @param {string[]} files @param {string} folder */
async function endAll(files, folder) {
  const pids = files
    .map((file) => Number(read(file).split('\n')[0]))
    .filter((pid) => pid > 1 && belongsTo(pid, folder));
  // The data are thrown away: no need to write them down first. SIGQUIT is PostgreSQL's "at once".
  for (const signal of ['SIGQUIT', 'SIGKILL']) {
    for (const pid of pids.filter(isRunning)) process.kill(pid, signal);
    for (let waits = 0; waits < 100 && pids.some(isRunning); waits += 1) await sleep(20);
  }
}

/** The number of a process that has ended may be a stranger's by now. */
function belongsTo(pid, folder) {
  if (!isRunning(pid)) return false;
  if (process.platform !== 'linux') {
    const ps = spawnSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.stdout.includes(folder);
  }
  return ['cmdline', 'environ'].some((file) => read(`/proc/${pid}/${file}`).includes(folder));
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  return !/^\d+ \(.*\) [ZX] /.test(read(`/proc/${pid}/stat`));
}

function filesEndingIn(folder, ending) {
  try {
    return readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(ending))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
