import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const HASH = `sha512-${'A'.repeat(86)}==`;
const GOOD = { version: '1.2.3', integrity: HASH };

/** The checks are a script of Node's own modules, which Jest does not load. */
function faultsOf(packages: object, allowed: object = {}, lockfileVersion = 3): string[] {
  const lock = { lockfileVersion, packages: { '': {}, ...packages } };
  const program = `
    import { lockFaults } from ${JSON.stringify(join(__dirname, 'lock-faults.mjs'))};
    console.log(JSON.stringify(lockFaults(${JSON.stringify(lock)}, ${JSON.stringify(allowed)})));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

it('a lock file of registry packages with their hashes is fine', () => {
  expect(faultsOf({ 'node_modules/a': GOOD, 'node_modules/a/node_modules/@s/b': GOOD })).toEqual(
    [],
  );
});

it.each([
  ['another host', { ...GOOD, resolved: 'https://evil.example.com/a.tgz' }, 'evil.example.com'],
  ['a repository', { ...GOOD, resolved: 'git+ssh://git@example.com/a.git#1' }, 'example.com'],
  ['a file', { ...GOOD, resolved: 'file:../a' }, 'a file'],
  ['a link', { ...GOOD, link: true }, 'is a link'],
  ['no hash', { version: '1.2.3' }, 'no SHA-512'],
  ['a weak hash', { ...GOOD, integrity: `sha1-${'A'.repeat(27)}=` }, 'no SHA-512'],
  [
    'a version that is an address',
    { ...GOOD, version: 'https://evil.example.com/a.tgz' },
    'no version',
  ],
  ['another name', { ...GOOD, name: 'evil' }, 'another package, evil'],
  ['a script nobody has looked at', { ...GOOD, hasInstallScript: true }, 'runs a script'],
])('%s is seen', (_what, one, says) => {
  const faults = faultsOf({ 'node_modules/a': one });

  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^a: /);
  expect(faults[0]).toContain(says);
});

it('a script that was looked at may run, or may not, as package.json says', () => {
  expect(faultsOf({ 'node_modules/a': { ...GOOD, hasInstallScript: true } }, { a: false })).toEqual(
    [],
  );
});

it('a lock file of another version is not read', () => {
  expect(faultsOf({}, {}, 2)).toEqual(['it is not of version 3']);
});

it('the lock file of the project is fine', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, 'check-lock.mjs')], {
    encoding: 'utf8',
  });

  expect([status, stderr]).toEqual([0, '']);
});
