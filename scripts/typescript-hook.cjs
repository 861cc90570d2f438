// `node -r ./scripts/typescript-hook.cjs file.ts` runs a TypeScript file as it is: for generators,
// benchmarks and for specs that need a process to kill, none of which should wait for a build.
const Module = require('node:module');
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { transformFileSync } = require('@swc/core');

const ROOT = resolve(__dirname, '..');
const PREFIX = '@amends/';

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolveFilename.call(this, locate(request), ...rest);
};

Module._extensions['.ts'] = function (module, path) {
  const { code } = transformFileSync(path, {
    configFile: join(ROOT, '.swcrc'),
    sourceMaps: 'inline',
  });
  module._compile(code, path);
};

process.setSourceMapsEnabled(true);

function locate(request) {
  if (!request.startsWith(PREFIX)) return request;
  const source = join(ROOT, 'libs', request.slice(PREFIX.length), 'src', 'index.ts');
  return existsSync(source) ? source : request;
}
