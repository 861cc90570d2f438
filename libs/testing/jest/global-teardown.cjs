const { cleanUp } = require('./clean-up.cjs');

module.exports = async function globalTeardown() {
  if (process.env.AMENDS_TEST_RUN) await cleanUp(process.env.AMENDS_TEST_RUN);
};
