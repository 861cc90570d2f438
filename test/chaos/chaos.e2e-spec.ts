import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { testRunFolder } from '@amends/testing';

jest.setTimeout(600_000);

const ROOT = resolve(__dirname, '../..');
/** Two minutes with faults; `npm run chaos` has as many as one likes. */
const ARGS = ['--trial', '--minutes', '2', '--seed', '5'];

describe('the fault campaign, a short one', () => {
  it('guarantees 1 to 4: nothing lost, doubled or broken, and every fault was felt', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/chaos.mjs'), ...ARGS], {
      cwd: ROOT,
      // Below the folder of the run, so that it is ended with the run in any case.
      env: { ...process.env, TMPDIR: testRunFolder() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    }
    const code = await new Promise((done) => child.once('exit', done));

    expect(output.match(/^(FAULT|NO BITE) .*$/gm) ?? []).toEqual([]);
    expect(output).toContain('0 lost, doubled or broken');
    expect([code, output]).toEqual([0, output]);
  });
});
