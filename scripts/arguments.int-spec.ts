import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

function call(script: string, ...args: readonly string[]) {
  const file = join(__dirname, `${script}.mjs`);
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', timeout: 20_000 });
}

describe('a command that is called wrongly', () => {
  it.each(['audit', 'chaos', 'demo', 'dev', 'generate', 'sbom', 'stack', 'start'])(
    '%s says how it is called, and does nothing',
    (script) => {
      const { status, stderr, stdout } = call(script, '--nope', '1');

      expect(stderr).toContain('--nope');
      expect(stderr).toMatch(/^npm (run )?[a-z]+/m);
      expect(status).toBe(64);
      expect(stdout).toBe('');
    },
  );

  it.each([
    [['--minutes', 'many'], "--minutes takes a number above 0, not 'many'"],
    [['--part'], '--part takes a number above 0'],
    [['sun'], "Unknown option 'sun'"],
  ])('chaos with %j names the option in one line', (args, line) => {
    const { status, stderr } = call('chaos', ...args);

    expect(stderr.split('\n').slice(0, 2)).toEqual([
      expect.stringContaining(line),
      expect.stringMatching(/^npm run chaos/),
    ]);
    expect(status).toBe(64);
  });
});
