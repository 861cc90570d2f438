// `npm run add-voucher-codes`: codes that a shop has given, from a file into a pool (docs/operating.md).
import { runBuilt } from './run-built.mjs';

await runBuilt('remedy/src/add-voucher-codes.js');
