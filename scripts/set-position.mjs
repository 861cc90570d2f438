// `npm run set-position`: where reading goes on, for a partition that was stopped (docs/operating.md).
import { runBuilt } from './run-built.mjs';

await runBuilt('detector/src/set-position.js');
