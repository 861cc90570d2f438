// `npm run audit`: asks the registry whether a package that production installs has a known weakness, high or worse.
// Where the registry does not answer that, nothing was checked: it says so, and fails only with `--require`.
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const { require: isRequired } = readArguments('npm run audit [-- --require]', {
  require: { type: 'boolean' },
});
const args = ['audit', '--omit', 'dev', '--audit-level', 'high', '--json'];
const maxBuffer = 64 * 1024 * 1024;
const { status, stdout, error } = spawnSync('npm', args, {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer,
});
const report = parse(stdout);

if (report?.metadata === undefined) {
  console.error('The registry does not say which packages have weaknesses: nothing was checked.');
  const why = error?.message ?? report?.error?.summary ?? report?.message;
  if (why) console.error(why);
  process.exitCode = isRequired ? 1 : 0;
} else {
  const { high = 0, critical = 0 } = report.metadata.vulnerabilities ?? {};
  for (const { name, severity } of Object.values(report.vulnerabilities ?? {})) {
    if (severity === 'high' || severity === 'critical') console.error(`${name}: ${severity}`);
  }
  console.log(`${high + critical} packages with a weakness that is high or worse`);
  process.exitCode = status === 0 ? 0 : 1;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
