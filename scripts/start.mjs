// `npm start`: installs, builds and becomes the service: everything in one process. The service is
// loaded into this process rather than started beside it, so that Ctrl-C, SIGTERM, kill -9 and the
// exit code mean it and nothing between.
import Module from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';
import { build } from './build.mjs';
import { ensureInstall } from './ensure-install.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

readArguments('npm start; settings come from the environment (.env.example)');
await ensureInstall();
await build();
process.setSourceMapsEnabled(true);
process.argv[1] = join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');
Module.runMain();
