// Jest takes `testTimeout` for all projects or none.
jest.setTimeout(180_000);
