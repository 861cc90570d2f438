import { spawnTypescript, type SpawnedScript } from '@amends/testing';

describe('crashPoint', () => {
  function passThrice(env: NodeJS.ProcessEnv): SpawnedScript {
    return spawnTypescript(
      `import { crashPoint } from '@amends/platform';
       for (let pass = 1; pass <= 3; pass += 1) {
         crashPoint('batch.after-fence');
         crashPoint('batch.before-commit');
         require('node:fs').writeSync(1, 'pass ' + String(pass) + '\\n');
       }`,
      env,
    );
  }

  async function ending(script: SpawnedScript): Promise<string> {
    return new Promise((done) => {
      script.process.on('close', (code, signal) => {
        done(String(signal ?? code));
      });
    });
  }

  it('kills the process at the pass that is asked for', async () => {
    const script = passThrice({ AMENDS_TEST_CRASH: '1', AMENDS_CRASH_AT: 'batch.before-commit:3' });

    expect(await ending(script)).toBe('SIGKILL');
    expect(script.output()).toBe('pass 1\npass 2\n');
  });

  it('does nothing unless it is armed', async () => {
    const script = passThrice({ AMENDS_CRASH_AT: 'batch.before-commit:1' });

    expect(await ending(script)).toBe('0');
  });

  it('refuses an order it does not understand', async () => {
    const script = passThrice({ AMENDS_TEST_CRASH: '1', AMENDS_CRASH_AT: 'batch.before-commit:x' });

    expect(await ending(script)).toBe('1');
    expect(script.output()).toMatch(/is not name:n/);
  });
});
