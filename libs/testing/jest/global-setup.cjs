// Runs once per jest run, before any spec. Nothing is started here: a run of unit specs needs no
// database. It only says where what the specs start belongs, so that all of it can be ended.
const { spawn } = require('node:child_process');
const { chmodSync, mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { sweepAbandoned } = require('./clean-up.cjs');

module.exports = async function globalSetup() {
  await sweepAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `amends-test-${process.pid}-`));
  // As root, the database runs as another user, who has to get in.
  chmodSync(folder, 0o755);
  process.env.AMENDS_TEST_RUN = folder;

  // Its end of the pipe closes when we end, however we end (Ctrl-C, kill -9): then it cleans up.
  const reaper = spawn(process.execPath, [join(__dirname, 'reaper.cjs'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  reaper.unref();
  reaper.stdin.unref();
};
