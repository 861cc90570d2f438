import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, KeptProcess, testRunFolder, useTestDatabase } from '@amends/testing';
import { TcpProxy } from '../chaos/world/tcp-proxy';

/** What docs/operating.md promises, and a moment for the system to notice. */
const ENDS_WITHIN_MS = 11_500;

describe('SIGTERM while the database has fallen silent', () => {
  const database = useTestDatabase();

  it.each(['api', 'detector', 'remedy'])('ends the %s within ten seconds', async (app) => {
    const [port = 0] = await freePorts(1);
    const address = new URL(database().url);
    const target = Number(address.port);
    const proxy = await TcpProxy.listen(app, () => target);
    address.port = String(proxy.port);
    const folder = join(testRunFolder(), `ending-${app}`);
    mkdirSync(folder);
    const kept = new KeptProcess({
      name: app,
      app,
      folder,
      url: `http://127.0.0.1:${String(port)}`,
      env: () => ({
        DATABASE_URL: address.href,
        [app === 'detector' ? 'AMENDS_OPS_PORT' : 'PORT']: String(port),
      }),
    });
    kept.start();
    await kept.ready();

    proxy.silence(true);
    const startMs = performance.now();
    await Promise.race([
      kept.end('SIGTERM'),
      new Promise((resume) => setTimeout(resume, 2 * ENDS_WITHIN_MS)),
    ]);
    const tookMs = performance.now() - startMs;
    await kept.stop();
    await proxy.close();

    expect(tookMs).toBeLessThan(ENDS_WITHIN_MS);
  });
});
