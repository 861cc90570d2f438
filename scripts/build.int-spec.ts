import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');

describe('the build', () => {
  function build(): string {
    const built = spawnSync(process.execPath, ['scripts/build.mjs'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect([built.status, built.stderr]).toEqual([0, '']);
    return built.stdout;
  }

  it('makes a program that runs without aliases', () => {
    build();
    const index = join(ROOT, 'dist/libs/persistence/src/index.js');

    const run = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(index)})`], {
      encoding: 'utf8',
    });

    expect([run.status, run.stderr]).toEqual([0, '']);
    const code = readdirSync(join(ROOT, 'dist'), { recursive: true })
      .map((file) => join(ROOT, 'dist', String(file)))
      .filter((file) => file.endsWith('.js'))
      .filter((file) => /(require|import)\("@amends\//.test(readFileSync(file, 'utf8')));
    expect(code).toEqual([]);
  });

  it('leaves out specs and what only specs need', () => {
    build();

    expect(existsSync(join(ROOT, 'dist/libs/testing'))).toBe(false);
    const files = readdirSync(join(ROOT, 'dist'), { recursive: true }).map(String);
    expect(files.filter((file) => /[.-](spec|contract)\.js$/.test(file))).toEqual([]);
  });
});
