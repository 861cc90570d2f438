import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withBroker } from '../lib/broker.mjs';
import { withPool, withPostgres } from '../lib/database.mjs';
import { goLive, mapTopics, withService } from '../lib/service.mjs';
import { createTopic, produce } from '../lib/topics.mjs';
import { RULES } from '../lib/workload.mjs';
import { installPeers, peersModule } from './peers-copy.mjs';

const PARTITIONS = 6;
/** Nothing is to be installed for these. */
const OURS = ['amends', 'f1'];

/**
 * Gives the work `open(count, keyBy)`, which answers W of so many events: topics full, rules live, the
 * reference known; and the server, the broker and a folder.
 *
 * @param names the implementations that are going to run
 */
export async function withStream(names, work) {
  const folders = names.filter((name) => !OURS.includes(name)).map(folderOf);
  installPeers([...new Set(folders)]);
  const folder = mkdtempSync(join(tmpdir(), 'amends-bench-stream-'));
  try {
    await withPostgres((server) =>
      withBroker(async (broker) => {
        // The harness reads these when it is loaded.
        Object.assign(process.env, { PEERS_DATA: folder, KAFKA: broker.address, SEED: '1' });
        const shared = { server, broker, folder };
        await work((count, keyBy = 'customer') => open({ ...shared, count, keyBy }), shared);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open({ server, broker, folder, count, keyBy }) {
  const { ensure } = await peersModule('gen.mjs');
  const { reference } = await peersModule('reference.mjs');
  const { file, topic } = await ensure(count);
  const ownTopic = `amends-w-${count}`;
  await createTopic(broker, ownTopic, PARTITIONS);
  await produce(broker, ownTopic, recordsOf(file, keyBy));
  const loaded = `loaded_${count}`;
  await makeLoaded(server, loaded, ownTopic);
  const records = count + PARTITIONS;
  const shared = { server, broker, folder, count, records, topic, ownTopic, loaded };
  return { ...shared, reference: await reference(file) };
}

/** As the harness' gen.mjs sends them; its ticks name their partition. */
function recordsOf(file, keyBy) {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const event = JSON.parse(line);
    const key = event.data.customerId;
    const isTick = event.type === 'clock.tick';
    return {
      key: keyBy === 'subject' ? event.subject : key,
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
