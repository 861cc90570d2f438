// Out of Kafka, side by side in one run: Amends' detector with the three rules of W, the floors, and what
// a user would pick instead (../shared/bench/peers). The same broker, PostgreSQL, machine, workload and
// reference for all; in turns, so that what else the machine does falls on all alike.
//
// W's events name their customer in the data and in the Kafka key; Amends asks for the CloudEvents
// attribute. So it (and our floor) reads a topic of its own: the same records, in the same order and
// partitions, each with `customerid`. That topic is Amends' by its settings (`topics`), the rules are live
// as documents, remedy does not run.
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';
import { drain } from './stream/drain.mjs';
import { figuresOf, printTable } from './stream/figures.mjs';
import { OwnSubject } from './stream/own-subject.mjs';
import { PeerSubject } from './stream/peer-subject.mjs';
import { withStream } from './stream/with-stream.mjs';

const OURS = ['amends', 'f1'];
const DEFAULT_ONES = 'floor,f1,amends,flink-cep-rocksdb,flink-cep,nest-stock-parallel';

export async function run(args) {
  const options = readOptions(args, {
    events: 300_000,
    runs: 3,
    // It takes nine minutes for what the others do in seconds; its rate does not fall with N.
    nestEvents: 20_000,
    only: DEFAULT_ONES,
  });
  const names = options.only.split(',');
  const results = new Map(names.map((name) => [name, []]));
  await withStream(names, async (open) => {
    const contexts = new Map();
    for (let turn = 1; turn <= options.runs; turn += 1) {
      for (const name of names) {
        const count = name.startsWith('nest') ? options.nestEvents : options.events;
        if (!contexts.has(count)) contexts.set(count, await open(count));
        const context = contexts.get(count);
        const Subject = OURS.includes(name) ? OwnSubject : PeerSubject;
        try {
          const one = await drain(new Subject(name, context), context);
          console.log(`  ${JSON.stringify(one)}`);
          results.get(name).push({ ...one, events: count });
        } catch (error) {
          // The others are still worth knowing.
          console.error(`  ${error.message}`);
          process.exitCode = 1;
        }
      }
    }
  });
  for (const [name, runs] of results) if (runs.length === 0) results.delete(name);
  record('stream', options, figuresOf(results));
  printTable(results);
  if ([...results.values()].flat().some(({ isExact }) => !isExact)) process.exitCode = 1;
}
