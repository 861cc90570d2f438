// Topics and records at the bench's broker.
import { createRequire } from 'node:module';

const { Partitioners } = createRequire(import.meta.url)('kafkajs');
const AT_ONCE = 2_000;

export async function createTopic({ kafka }, topic, partitions) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
    });
  } finally {
    await admin.disconnect();
  }
}

/** Records `{ key, value, partition? }`, acknowledged, in this order. */
export async function produce({ kafka }, topic, records) {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  try {
    for (let start = 0; start < records.length; start += AT_ONCE) {
      const messages = records.slice(start, start + AT_ONCE);
      await producer.send({ topic, acks: -1, messages });
    }
  } finally {
    await producer.disconnect();
  }
}
