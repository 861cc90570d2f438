// `npm run check -- lock`: package-lock.json names nothing but packages of the registry, each with its hash.
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockFaults } from './lock-faults.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const read = (name) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));

const faults = lockFaults(read('package-lock.json'), read('package.json').allowScripts);
for (const fault of faults) console.error(`package-lock.json: ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
