import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { spawnTypescript, testRunFolder } from '@amends/testing';
import { Client } from 'pg';
import { findPostgresBinaries } from './binaries';
import { EmbeddedPostgres } from './embedded-postgres';
import { isRunning } from './process-identity';

describe('EmbeddedPostgres', () => {
  const servers: EmbeddedPostgres[] = [];
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(testRunFolder(), 'embedded-')), 'postgres');
    chmodSync(join(folder, '..'), 0o755);
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  function serverIn(path: string, settings: Record<string, string> = {}): EmbeddedPostgres {
    const server = new EmbeddedPostgres({ folder: path, settings });
    servers.push(server);
    return server;
  }

  it('keeps the data, the port and the password between two starts', async () => {
    const first = serverIn(folder);
    expect(await first.start()).toBe('created');
    await first.ensureDatabase('amends');
    await run(first, 'CREATE TABLE kept (word text)');
    await run(first, `INSERT INTO kept VALUES ('yes')`);
    const url = first.url('amends');
    await first.stop();

    const second = serverIn(folder);
    expect(await second.start()).toBe('started');
    await second.ensureDatabase('amends');

    expect(await run(second, 'SELECT word FROM kept')).toEqual([{ word: 'yes' }]);
    expect(second.url('amends')).toBe(url);
  });

  it('is up again within 1.5 s', async () => {
    const server = serverIn(folder);
    await server.start();
    const tookMs: number[] = [];
    // The machine may be busy with something else for a while, but hardly three times.
    for (let tries = 0; tries < 3; tries += 1) {
      await server.stop();
      const startedAtMs = Date.now();
      await server.start();
      tookMs.push(Date.now() - startedAtMs);
    }

    expect(Math.min(...tookMs)).toBeLessThan(1_500);
  });

  it('has ended when stop() returns, clients or no clients', async () => {
    const server = serverIn(folder);
    await server.start();
    const client = new Client({ connectionString: server.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    const { pid } = server;

    await server.stop();

    expect(pid).toBeDefined();
    expect(isRunning(pid ?? 0)).toBe(false);
  });

  it('writes what is committed to disk, and listens on the loopback address only', async () => {
    const server = serverIn(folder);
    await server.start();

    const [row] = await run(
      server,
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
              current_setting('listen_addresses') AS listens`,
      'postgres',
    );

    expect(row).toEqual({ fsync: 'on', commit: 'on', listens: '127.0.0.1' });
  });

  it('keeps the password to ourselves', async () => {
    const server = serverIn(folder);
    await server.start();

    expect(statSync(join(folder, 'instance.json')).mode & 0o077).toBe(0);
    expect(readFileSync(join(folder, 'data', 'pg_hba.conf'), 'utf8')).not.toMatch(/^host.*trust/m);
    const wrong = server.url('postgres').replace(/:[^:@]+@/, ':wrong@');
    await expect(new Client({ connectionString: wrong }).connect()).rejects.toThrow(/password/);
  });

  it('refuses a folder that another process uses', async () => {
    const other = spawnTypescript(holderOf(folder));
    await other.line(/started/);

    await expect(serverIn(folder).start()).rejects.toThrow(
      `in use by process ${String(other.process.pid)}`,
    );

    await other.end('SIGTERM');
  });

  it('goes on with the server that a kill -9 left behind', async () => {
    const killed = spawnTypescript(holderOf(folder));
    const serverPid = Number((await killed.line(/started \d+/)).split(' ')[1]);
    await killed.end('SIGKILL');
    expect(isRunning(serverPid)).toBe(true);

    const next = serverIn(folder);

    expect(await next.start()).toBe('adopted');
    expect(next.pid).toBe(serverPid);
    expect(await run(next, 'SELECT word FROM kept')).toEqual([{ word: 'committed' }]);
  });

  it('replaces a server left behind that was started with other settings', async () => {
    const killed = spawnTypescript(holderOf(folder));
    const serverPid = Number((await killed.line(/started \d+/)).split(' ')[1]);
    await killed.end('SIGKILL');

    const next = serverIn(folder, { work_mem: '8MB' });

    expect(await next.start()).toBe('started');
    expect(isRunning(serverPid)).toBe(false);
    expect(await run(next, 'SHOW work_mem', 'postgres')).toEqual([{ work_mem: '8MB' }]);
  });

  it('recovers when the server itself was killed, even if its number is a stranger’s now', async () => {
    const server = serverIn(folder);
    await server.start();
    await server.ensureDatabase('amends');
    await run(server, `CREATE TABLE kept AS SELECT 'committed' AS word`);
    const pidFile = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8');
    process.kill(server.pid ?? 0, 'SIGKILL');
    await gone(server);
    await server.stop();
    const stranger = spawnTypescript('setInterval(() => undefined, 1000)');
    writeFileSync(
      join(folder, 'data', 'postmaster.pid'),
      pidFile.replace(/^\d+/, String(stranger.process.pid)),
    );

    const next = serverIn(folder);

    expect(await startPatiently(next)).toBe('started');
    expect(await run(next, 'SELECT word FROM kept')).toEqual([{ word: 'committed' }]);
    await stranger.end();
  });

  it('starts in a folder that only we may enter, with programs in one as well', async () => {
    chmodSync(join(folder, '..'), 0o700);
    const { postgres } = findPostgresBinaries();
    const programs = join(folder, '..', 'native');
    cpSync(join(postgres, '../..'), programs, { recursive: true, verbatimSymlinks: true });
    const binary = (name: string) => join(programs, 'bin', name);

    const server = new EmbeddedPostgres({
      folder,
      binaries: { postgres: binary('postgres'), initdb: binary('initdb') },
    });
    servers.push(server);

    expect(await server.start()).toBe('created');
    expect(await run(server, 'SELECT 1 AS one', 'postgres')).toEqual([{ one: 1 }]);
  });

  it('takes another port when somebody has taken its own', async () => {
    const first = serverIn(folder);
    await first.start();
    const taken = new URL(first.url('postgres')).port;
    await first.stop();
    const elsewhere = join(folder, '..', 'other');
    mkdirSync(elsewhere);
    const squatter = spawnTypescript(
      `require('node:net').createServer().listen(${taken}, '127.0.0.1', () => console.log('up'))`,
    );
    await squatter.line(/up/);

    await first.start();

    expect(new URL(first.url('postgres')).port).not.toBe(taken);
    await squatter.end();
  });
});

/** A program that starts the database in the folder, commits a row and stays. */
function holderOf(folder: string): string {
  return `
    import { EmbeddedPostgres } from '@amends/platform';
    import { Client } from 'pg';
    async function main() {
      const server = new EmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
      await server.start();
      await server.ensureDatabase('amends');
      const client = new Client({ connectionString: server.url('amends') });
      await client.connect();
      await client.query("CREATE TABLE kept AS SELECT 'committed' AS word");
      console.log('started ' + String(server.pid));
      process.on('SIGTERM', () => void client.end().then(() => server.stop()));
    }
    void main();
    setTimeout(() => undefined, 2000);
  `;
}

async function run(server: EmbeddedPostgres, statement: string, database = 'amends') {
  const client = new Client({ connectionString: server.url(database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function gone(server: EmbeddedPostgres): Promise<void> {
  while (server.pid !== undefined) await new Promise((resume) => setTimeout(resume, 10));
}

/** The processes of a killed server end by themselves, but not in the same instant. */
async function startPatiently(server: EmbeddedPostgres): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await server.start();
    } catch (error) {
      if (tries === 50 || !String(error).includes('try again')) throw error;
      await new Promise((resume) => setTimeout(resume, 100));
    }
  }
}
