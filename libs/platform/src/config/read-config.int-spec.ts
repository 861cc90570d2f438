import { spawnTypescript } from '@amends/testing';

describe('readConfig', () => {
  it('ends the program with exit code 78 and says all that is wrong', async () => {
    const program = spawnTypescript(
      `import { readConfig, setting } from '@amends/platform';
       import { z } from 'zod';
       readConfig(z.object({ PORT: setting.port(), SMTP_URL: setting.url('smtp') }));
       console.log('went on');`,
      { PORT: 'x', SMTP_URL: 'y' },
    );
    const ending = new Promise((done) => program.process.on('close', done));

    expect(await ending).toBe(78);
    expect(program.output()).toMatch(/2 problems\n {2}- PORT: .*\n {2}- SMTP_URL: /);
    expect(program.output()).not.toMatch(/went on/);
  });
});
