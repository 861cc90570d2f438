import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testRunFolder } from '../run/test-run-folder';
import { spawnService, type SpawnedService } from './spawn-service';

/** Counts its starts in its data folder and tells the number, and who asks. */
const PROGRAM = `
  const { appendFileSync, readFileSync } = require('node:fs');
  const path = process.env.AMENDS_DATA_DIR + '/starts';
  appendFileSync(path, 'x');
  console.log('started by ' + (process.env.WORD ?? 'nobody'));
  process.on('SIGTERM', () => process.exit(0));
  require('node:http').createServer((request, response) => {
    const key = request.headers.authorization;
    response.end(JSON.stringify({ starts: readFileSync(path, 'utf8').length, key }));
  }).listen(Number(process.env.PORT), '127.0.0.1');
`;

describe('a spawned service', () => {
  const services: SpawnedService[] = [];
  let entry: string;

  beforeAll(() => {
    entry = join(testRunFolder(), 'program.js');
    writeFileSync(entry, PROGRAM);
  });

  afterEach(async () => {
    for (const service of services.splice(0)) await service.close();
  });

  async function start(): Promise<SpawnedService> {
    const service = await spawnService({ entry });
    services.push(service);
    return service;
  }

  it('answers as soon as it is there, and knows its Admin', async () => {
    const service = await start();

    const answer = await service.fetch('/v1/anything');

    expect(await answer.json()).toEqual({ starts: 1, key: `Bearer ${service.adminKey}` });
  });

  it('keeps its address and its data over a kill -9', async () => {
    const service = await start();
    await service.kill();
    expect(await service.ended).toEqual({ code: null, signal: 'SIGKILL' });

    await service.restart({ WORD: 'somebody' });

    expect(await (await service.fetch('/')).json()).toMatchObject({ starts: 2 });
    expect(service.output).toMatch(/started by nobody\nstarted by somebody/);
  });

  it('ends in good order when it is asked to', async () => {
    const service = await start();

    expect(await service.stop()).toEqual({ code: 0, signal: null });
  });

  it('leaves nothing behind', async () => {
    const service = await start();
    const { dataFolder } = service;

    await service.close();

    expect(existsSync(dataFolder)).toBe(false);
    await expect(fetch(service.url)).rejects.toThrow();
  });

  it('says what was written when it does not start', async () => {
    const broken = join(testRunFolder(), 'broken.js');
    writeFileSync(broken, `console.error('no such setting'); process.exit(78);`);

    await expect(spawnService({ entry: broken })).rejects.toThrow(/no such setting/);
  });
});
