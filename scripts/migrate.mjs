// `npm run migrate`: the schema and the roles, by the owner of the tables (docs/operating.md).
import { runBuilt } from './run-built.mjs';

await runBuilt('migrate/src/main.js');
