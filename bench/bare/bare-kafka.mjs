// The same by hand out of Kafka (`F1`): kafkajs as it comes, a fetched batch per transaction, and what
// is written that of the bare loop. `clock.tick` in every partition ends the input; then timers fire.
//
// Settings by environment: DATABASE_URL, KAFKA_BROKERS, TOPIC, GROUP, PARTITIONS_AT_ONCE.
import { createRequire } from 'node:module';
import * as sql from './statements.mjs';
import { BareStore } from './bare-store.mjs';

const { Kafka, logLevel } = createRequire(import.meta.url)('kafkajs');
const { KAFKA_BROKERS, TOPIC: topic, GROUP: groupId } = process.env;
const atOnce = Number(process.env.PARTITIONS_AT_ONCE ?? 3);

const store = new BareStore({ connections: atOnce + 1, begin: sql.BEGIN_LAZY });
const kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
const admin = kafka.admin();
await admin.connect();
const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition);
await admin.disconnect();
await store.startPositions(partitions.map((partition) => ({ topic, partition })));

const reading = new Set(partitions);
let hasBegun = false;
const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({ partitionsConsumedConcurrently: atOnce, eachBatch });
process.once('SIGTERM', () => process.exit(0));

async function eachBatch({ batch }) {
  if (!hasBegun) console.log(`FIRST ${Date.now()}`);
  hasBegun = true;
  const { partition } = batch;
  const rows = batch.messages.map(({ offset, value }) => ({ offset, body: value.toString() }));
  const { isEnd } = await store.take({
    topic,
    partition,
    position: BigInt(batch.firstOffset()),
    rowsOf: async () => rows,
  });
  if (!isEnd) return;
  reading.delete(partition);
  if (reading.size === 0) await store.fireAllTimers();
}
