import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

function call(script: string, ...args: readonly string[]) {
  const file = join(__dirname, `${script}.mjs`);
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', timeout: 20_000 });
}

describe('a command that is called wrongly', () => {
  it.each(['audit', 'demo', 'dev', 'generate', 'sbom', 'stack', 'start'])(
    '%s says how it is called, and does nothing',
    (script) => {
      const { status, stderr, stdout } = call(script, '--nope', '1');

      expect(stderr).toContain('--nope');
      expect(stderr).toMatch(/^npm (run )?[a-z]+/m);
      expect(status).toBe(64);
      expect(stdout).toBe('');
    },
  );
});
