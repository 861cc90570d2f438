// A PostgreSQL as the service brings it up itself, with the settings it ships with, in a folder of its
// own that goes away afterwards.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { library } from './dist.mjs';
import { STATEMENT_SETTINGS } from './statements.mjs';

const { Pool } = createRequire(import.meta.url)('pg');

/** Gives the work a server, and stops and removes it in any case. */
export async function withPostgres(work, settings = {}) {
  const { EmbeddedPostgres } = library('platform');
  const folder = mkdtempSync(join(tmpdir(), 'amends-bench-'));
  const server = new EmbeddedPostgres({
    folder: join(folder, 'postgres'),
    settings: { ...STATEMENT_SETTINGS, ...settings },
  });
  await server.start();
  // It is a process group of its own, and would outlive a bench that is ended by hand.
  const end = () => process.kill(server.pid, 'SIGQUIT');
  process.once('exit', end);
  try {
    return await work(server);
  } finally {
    process.off('exit', end);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Gives the work a pool on a database of the server. */
export async function withPool(url, work, max = 4) {
  const pool = new Pool({ connectionString: url, max });
  // The server may be stopped before the last connection is closed on our side.
  pool.on('error', () => undefined);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** A copy of a database to which nobody is connected. */
export async function cloneDatabase(server, from, to) {
  await withPool(server.url('postgres'), async (pool) => {
    await pool.query(`drop database if exists ${to}`);
    await pool.query(`create database ${to} template ${from}`);
    await pool.query('checkpoint');
  });
}
