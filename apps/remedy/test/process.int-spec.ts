import { freePorts, spawnTypescript, useTestDatabase, waitFor } from '@amends/testing';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creditRule, RemedyWorld } from './remedy-world';

describe('remedy as a process of its own', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, poolSize: 2 });
  });

  it('decides, pays, writes the mail, tells its health and metrics, and ends in order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'remedy-'));
    const [port = 0] = await freePorts(1);
    await world.rule(creditRule());
    await world.customer('ana', { email: 'ana@customer.example' });
    await world.template('sorry', {
      id: 'sorry',
      locales: { en: { email: { subject: 'Sorry', text: '{{ amount }}' } } },
    });
    const incident = await world.incident({ rule: 'late', customer: 'ana' });
    const started = spawnTypescript(
      `import { main } from '${join(__dirname, '../src/main')}';\nvoid main();`,
      {
        DATABASE_URL: database().url,
        AMENDS_DATA_DIR: folder,
        PORT: String(port),
        LOG_LEVEL: 'info',
      },
    );
    await started.line(/remedy is running/);

    await waitFor(async () => (await world.incidentState(incident)) === 'paid', {
      what: 'the credit',
    });
    const files = await waitFor(
      async () => {
        const names = await readdir(join(folder, 'mail')).catch((): string[] => []);
        return names.filter((name) => name.endsWith('.eml')).length > 0 && names;
      },
      { what: 'the mail' },
    );
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${String(port)}${path}`);
      return { status: response.status, text: await response.text() };
    };

    expect(files).toHaveLength(1);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    expect((await get('/metrics')).text).toContain('amends_decisions_total{outcome="pay"} 1');
    expect((await get('/nothing')).status).toBe(404);
    expect(await started.end('SIGTERM')).toBe(0);
  });

  it('does not start with settings that are wrong, and names them all', async () => {
    const started = spawnTypescript(
      `import { main } from '${join(__dirname, '../src/main')}';\nvoid main();`,
      { DATABASE_URL: 'mysql://x', REFUND_WEBHOOK_SECRET: 'secret', PORT: 'x' },
    );

    const code = await new Promise((resolve) => started.process.on('close', resolve));

    expect(code).toBe(78);
    for (const name of ['DATABASE_URL', 'REFUND_WEBHOOK_SECRET', 'PORT']) {
      expect(started.output()).toContain(name);
    }
    expect(started.output()).not.toContain('mysql://x');
  });
});
