// Nest 12 is ESM-only and Jest cannot require() ES modules on Node 20: these are transformed too.
const esmOnly = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  '@tokenizer',
  '@borewit',
  'uint8array-extras',
  'load-esm',
  '@marcbachmann',
  '@bufbuild',
  'jose',
];
const swc = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2022',
      keepClassNames: true,
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const project = (displayName, testMatch, setup = []) => ({
  setupFilesAfterEnv: setup.map((file) => `<rootDir>/libs/testing/jest/${file}`),
  displayName,
  testMatch: [`<rootDir>/{apps,libs,migrations,scripts,test,bench}/**/${testMatch}`],
  testEnvironment: 'node',
  transform: { '^.+\\.[cm]?[jt]s$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^@amends/([^/]+)$': '<rootDir>/libs/$1/src' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.amends/', '<rootDir>/.cache/'],
});

module.exports = {
  globalSetup: '<rootDir>/libs/testing/jest/global-setup.cjs',
  globalTeardown: '<rootDir>/libs/testing/jest/global-teardown.cjs',
  projects: [
    project('unit', '*.spec.ts'),
    project('integration', '*.int-spec.ts', ['timeout-integration.cjs']),
    project('e2e', '*.e2e-spec.ts', ['timeout-e2e.cjs']),
  ],
};
