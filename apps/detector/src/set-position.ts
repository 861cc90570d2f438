import { userInfo } from 'node:os';
import { createKafka, kafkaSecurity, movePosition } from '@amends/messaging';
import { PgDatabase, Pools, takeRoles } from '@amends/persistence';
import { readConfig } from '@amends/platform';
import { detectorConfig } from './detector-config';

const USAGE =
  'npm run set-position -- <topic>/<partition> <offset|earliest|latest> "<reason>"\n' +
  'Sets where reading goes on, for a partition that was stopped. DATABASE_URL and KAFKA_BROKERS as for the detector.\n';

const TO = /^(\d{1,19}|earliest|latest)$/;

/** Exit code of a command that was called wrongly (sysexits.h). */
const EXIT_USAGE = 64;

async function main(): Promise<void> {
  const [place = '', to = '', reason = '', ...rest] = process.argv.slice(2);
  const [, topic = '', partition = ''] = /^(.+)\/(\d{1,6})$/.exec(place) ?? [];
  if (topic === '' || !TO.test(to) || reason === '' || rest.length > 0) {
    process.stderr.write(USAGE);
    process.exit(EXIT_USAGE);
  }
  const config = readConfig(detectorConfig);
  const { KAFKA_BROKERS: brokers = [] } = config;
  if (brokers.length === 0) throw new Error('KAFKA_BROKERS is not set: which brokers?');
  const { DATABASE_URL: url, AMENDS_DATABASE_ROLES: mode } = config;
  const as = await takeRoles(url, { operator: 'detector' }, { mode });
  const pools = await Pools.open({ url, sizes: { operator: 1 }, as });
  const kafka = createKafka({
    brokers,
    security: kafkaSecurity(config),
    clientId: 'amends-set-position',
  });
  const database = new PgDatabase(pools.get('operator'));
  const by = userInfo().username;
  const move = { topic, partition: Number(partition), to, reason, by };
  const offset = await movePosition(kafka, database, move);
  process.stdout.write(`${place} goes on at ${offset.toString()}\n`);
  await pools.close();
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
