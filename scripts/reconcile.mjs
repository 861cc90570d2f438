// `npm run reconcile`: our books against the list of each payout provider (docs/operating.md).
import { runBuilt } from './run-built.mjs';

await runBuilt('remedy/src/reconcile.js');
