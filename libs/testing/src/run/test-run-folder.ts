/**
 * Where everything a jest run starts keeps its files. All processes that leave a `*.pid` file below
 * it are ended with the run, however it ends (`libs/testing/jest`).
 */
export function testRunFolder(): string {
  const folder = process.env['AMENDS_TEST_RUN'];
  if (folder === undefined || folder === '') {
    throw new Error('specs that start processes run under jest.config.cjs, with its global setup');
  }
  return folder;
}
