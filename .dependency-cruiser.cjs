// Who may import whom. `npm run check` fails on the first import that breaks it.
const SPECS = '(\\.|-)(spec|contract)\\.ts$';

/** Files below `from` may import files below `from` and what `allowed` matches, nothing else. */
const only = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: SPECS },
  to: { pathNot: [from, ...allowed] },
});
const never = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const packages = (...names) => `^node_modules/(${names.join('|')})/`;

module.exports = {
  forbidden: [
    never('no-cycles', 'What needs each other is one thing.', {}, { circular: true }),
    never(
      'through-the-index',
      'A library is its index; the rest may change at any time.',
      { path: '^(?:libs|apps)/([^/]+)/' },
      // Loading a broker to get at a table of bad input would be dear: testing has more doors.
      {
        path: '^libs/([^/]+)/src/(?!index\\.ts$)',
        pathNot: ['^libs/$1/', '^libs/testing/src/[^/]+/index\\.ts$'],
      },
    ),
    never(
      'not-into-libraries-from-outside',
      'Nor for what lives elsewhere.',
      { path: '^(migrations|test|bench|scripts)/' },
      { path: '^libs/([^/]+)/src/(?!index\\.ts$)' },
    ),
    only(
      'domain-is-pure',
      'No input, output, clock, randomness or framework: only what computes.',
      '^libs/domain/',
      [packages('luxon', '@types/luxon', '@marcbachmann/cel-js')],
    ),
    only('contracts', 'Bytes of strangers to words of the domain.', '^libs/contracts/', [
      '^libs/domain/',
      packages('zod', 'yaml'),
      // Bytes and their hashes: the same everywhere, at any time.
      '^(node:)?(buffer|crypto)$',
    ]),
    only(
      'application',
      'Use cases and ports; who does it is decided elsewhere.',
      '^libs/application/',
      [
        '^libs/domain/',
        '^libs/contracts/',
        packages('@nestjs/common', 'cockatiel'),
        '^(node:)?(crypto|async_hooks)$',
      ],
    ),
    never(
      'adapters-apart',
      'They do not know each other, nor the platform; the log of events lives in the database.',
      { path: '^libs/(persistence|messaging|channels)/', pathNot: [SPECS, '/spec-support/'] },
      { path: '^libs/(?!domain/|contracts/|application/|persistence/|$1/)' },
    ),
    never(
      'platform-stands-alone',
      'It serves every app and knows none of the business.',
      { path: '^libs/platform/', pathNot: SPECS },
      { path: '^(libs/(?!platform/)|apps/)' },
    ),
    never(
      'testing-in-specs-only',
      'What tests bring along is not installed in production.',
      { path: '^(apps|libs|migrations)/', pathNot: [SPECS, '^libs/testing/', '/spec-support/'] },
      { path: '^libs/testing/' },
    ),
    never(
      'apps-are-the-top',
      'Nothing imports an app but the app that runs all of them in one process.',
      { path: '^(libs|apps/[^/]+|migrations)/', pathNot: '^apps/standalone/' },
      { path: '^apps/', pathNot: '^$1/' },
    ),
    never(
      'no-development-packages',
      'They are not installed in production.',
      { path: '^(apps|libs|migrations)/', pathNot: [SPECS, '^libs/testing/'] },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
    never('resolvable', 'An import that leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache|\\.amends)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'import', 'node', 'default', 'types'],
      mainFields: ['main', 'module', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
