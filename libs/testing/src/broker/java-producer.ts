import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars';

const PROGRAM = resolve(__dirname, '../../kafka-broker/Produce.java');
const TIMEOUT_MS = 60_000;

export interface JavaProducing {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';
  readonly records: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Produces with Kafka's own Java client, and answers the partition of each record.
 *
 * @throws Error saying what to install: this needs Java and Maven
 */
export async function javaProduce(producing: JavaProducing): Promise<number[]> {
  const jars = kafkaJars();
  if (!jars.ok) throw new Error(`the Java producer needs ${jars.missing}`);
  const { brokers, topic, compression, records } = producing;
  const pairs = records.flatMap(({ key, value }) => [inBase64(key), inBase64(value)]);
  const { stdout } = await promisify(execFile)(
    jars.java,
    ['-cp', join(jars.folder, '*'), PROGRAM, brokers.join(','), topic, compression, ...pairs],
    { timeout: TIMEOUT_MS },
  );
  return stdout
    .trim()
    .split(/\s+/)
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

function inBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}
