// `npm run bench -- <name> [--option number …]`, or all of them one after the other.
import { build } from './lib/dist.mjs';

const BENCHES = {
  rules: () => import('./rules.mjs'),
  throughput: () => import('./throughput.mjs'),
  latency: () => import('./latency.mjs'),
  timers: () => import('./timers.mjs'),
  stream: () => import('./stream.mjs'),
  'kafka-latency': () => import('./kafka-latency.mjs'),
  'kafka-rules': () => import('./kafka-rules.mjs'),
  million: () => import('./million.mjs'),
  backlog: () => import('./backlog.mjs'),
  'scale-out': () => import('./scale-out.mjs'),
  decide: () => import('./decide.mjs'),
  payouts: () => import('./payouts.mjs'),
};

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(BENCHES) : [name];
if (chosen.some((one) => !(one in BENCHES))) {
  console.error(`one of: ${Object.keys(BENCHES).join(' ')}; without a name: all`);
  process.exit(2);
}

// What a bench has started ends with it.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await build();
for (const one of chosen) {
  const { run } = await BENCHES[one]();
  await run(args);
}
