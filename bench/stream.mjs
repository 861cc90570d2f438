// Out of Kafka, side by side in one run: Amends' detector with the three rules of W, the floors, and what
// a user would pick instead (../shared/bench/peers). The same broker, PostgreSQL, machine, workload and
// reference for all; in turns, so that what else the machine does falls on all alike.
//
// W's events name their customer in the data and in the Kafka key; Amends asks for the CloudEvents
// attribute. So it (and our floor) reads a topic of its own: the same records, in the same order and
// partitions, each with `customerid`. That topic is Amends' by its settings (`topics`), the rules are live
// as documents, remedy does not run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withBroker } from './lib/broker.mjs';
import { withPool, withPostgres } from './lib/database.mjs';
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';
import { goLive, mapTopics, withService } from './lib/service.mjs';
import { createTopic, produce } from './lib/topics.mjs';
import { RULES } from './lib/workload.mjs';
import { drain } from './stream/drain.mjs';
import { figuresOf, printTable } from './stream/figures.mjs';
import { OwnSubject } from './stream/own-subject.mjs';
import { PeerSubject } from './stream/peer-subject.mjs';
import { installPeers, peersModule } from './stream/peers-copy.mjs';

const PARTITIONS = 6;
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
        const one = await drain(new Subject(name, context), context);
        console.log(`  ${JSON.stringify(one)}`);
        results.get(name).push({ ...one, events: count });
      }
    }
  });
  record('stream', options, figuresOf(results));
  printTable(results);
  if ([...results.values()].flat().some(({ isExact }) => !isExact)) process.exitCode = 1;
}

/** Gives the work what opens W of so many events: topics full, rules live, the reference known. */
export async function withStream(names, work) {
  const folders = names.filter((name) => !OURS.includes(name)).map(folderOf);
  installPeers([...new Set(folders)]);
  const folder = mkdtempSync(join(tmpdir(), 'amends-bench-stream-'));
  try {
    await withPostgres((server) =>
      withBroker(async (broker) => {
        // The harness reads these when it is loaded.
        Object.assign(process.env, { PEERS_DATA: folder, KAFKA: broker.address, SEED: '1' });
        await work((count) => open({ server, broker, folder, count }));
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open({ server, broker, folder, count }) {
  const { ensure } = await peersModule('gen.mjs');
  const { reference } = await peersModule('reference.mjs');
  const { file, topic } = await ensure(count);
  const ownTopic = `amends-w-${count}`;
  await createTopic(broker, ownTopic, PARTITIONS);
  await produce(broker, ownTopic, recordsOf(file));
  const loaded = `loaded_${count}`;
  await makeLoaded(server, loaded, ownTopic);
  const shared = { server, broker, folder, count, topic, ownTopic, loaded };
  return { ...shared, reference: await reference(file) };
}

/** As the harness' gen.mjs sends them; its ticks name their partition. */
function recordsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const event = JSON.parse(line);
    const key = event.data.customerId;
    const isTick = event.type === 'clock.tick';
    return {
      key,
      value: JSON.stringify({ ...event, customerid: key }),
      ...(isTick && { partition: Number(key.slice('tick-'.length)) }),
    };
  });
}

/** The database that each run of ours begins with. */
async function makeLoaded(server, name, topic) {
  await server.ensureDatabase(name);
  const url = server.url(name);
  await withService({ DATABASE_URL: url }, async ({ api }) => {
    await mapTopics(api, { delivery: topic, quality: topic, support: topic, clock: topic });
    for (const rule of RULES) await goLive(api, rule);
  });
  await withPool(url, async (pool) => {
    // W is twelve days' backlog to us: as if nothing had been read since before it began.
    await pool.query('truncate topic_clock');
    await pool.query('vacuum analyze');
  });
}

function folderOf(name) {
  return ['nest-stock', 'kafka-streams', 'flink-cep', 'floor'].find((one) => name.startsWith(one));
}
