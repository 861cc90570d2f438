// Jest takes `testTimeout` for all projects or none.
jest.setTimeout(30_000);
