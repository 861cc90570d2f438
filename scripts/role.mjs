// What a container runs: the app its command names, loaded into this process, so that signals and
// the exit code are the app's.
import { readdirSync } from 'node:fs';
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPS = resolve(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'apps');
const [role = 'standalone'] = process.argv.slice(2);
const roles = readdirSync(APPS);
if (!roles.includes(role)) {
  console.error(`no such role: ${role}; there are ${roles.join(', ')}`);
  process.exit(2);
}
process.argv.splice(1, 2, join(APPS, role, 'src', 'main.js'));
Module.runMain();
