import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withPool } from '../lib/database.mjs';
import { start } from '../lib/processes.mjs';
import { PEERS_COPY } from './peers-copy.mjs';

const OPENS = 'java.util java.lang java.time java.util.concurrent java.nio sun.nio.ch'
  .split(' ')
  .flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]);
const java = (folder, main, ...flags) => [
  'java',
  ...flags,
  '-cp',
  `${folder}/target/classes:${folder}/target/libs/*`,
  main,
];

/** Commands and settings as the harness' bench.mjs has them. */
const COMMANDS = {
  floor: { command: ['node', 'floor/floor.mjs'], isFloor: true },
  'nest-stock': { command: ['node', 'nest-stock/dist/main.js'] },
  'nest-stock-parallel': {
    command: ['node', 'nest-stock/dist/main.js'],
    env: { PARTITIONS_CONCURRENT: '6' },
  },
  'kafka-streams': { command: java('kafka-streams', 'peers.StreamsPeer', '-Xmx1g') },
  'kafka-streams-mem-1s': {
    command: java('kafka-streams', 'peers.StreamsPeer', '-Xmx1g'),
    env: { COMMIT_MS: '1000', STORE: 'mem' },
  },
  'flink-cep': { command: java('flink-cep', 'peers.FlinkPeer', '-Xmx2g', ...OPENS) },
  'flink-cep-rocksdb': {
    command: java('flink-cep', 'peers.FlinkPeer', '-Xmx2g', ...OPENS),
    env: { BACKEND: 'rocksdb' },
  },
};

/** An implementation of the harness, set up and looked at as bench.mjs does. */
export class PeerSubject {
  constructor(name, { server, broker, topic, count, reference, folder }) {
    Object.assign(this, { name, server, broker, topic, count, reference, folder });
    this.isFloor = COMMANDS[name].isFloor === true;
    this.log = join(folder, `${name}.log`);
  }

  async prepare() {
    await this.server.ensureDatabase('peers');
    await withPool(this.server.url('peers'), async (pool) => {
      await pool.query(`drop schema public cascade; create schema public;
        create table det(rule text not null, subject text not null, amount numeric,
          detected_at timestamptz not null default clock_timestamp(), primary key(rule, subject))`);
      await pool.query('checkpoint');
    });
  }

  start() {
    const { command, env } = COMMANDS[this.name];
    const [program, ...args] = command;
    const url = new URL(this.server.url('peers'));
    this.tag = `peers-${this.name}-${Date.now()}`;
    return [
      start(program, args, {
        cwd: PEERS_COPY,
        log: this.log,
        env: {
          KAFKA: this.broker.address,
          TOPIC: this.topic,
          GROUP: this.tag,
          STATE_DIR: join(this.folder, this.tag),
          TOTAL: String(this.count),
          PGHOST: url.hostname,
          PGPORT: url.port,
          PGUSER: decodeURIComponent(url.username),
          PGPASSWORD: decodeURIComponent(url.password),
          PGDATABASE: 'peers',
          KAFKAJS_NO_PARTITIONER_WARNING: '1',
          ...env,
        },
      }),
    ];
  }

  databaseUrl() {
    return this.server.url('peers');
  }

  /** @returns {Promise<{ seen: string, isDone: boolean }>} */
  async progress(pool) {
    const sql = this.isFloor
      ? 'select coalesce((select sum(next) from prog), 0)::int as n'
      : 'select count(*)::int as n from det';
    // The floor makes its tables itself.
    const n = await pool.query(sql).then(
      ({ rows }) => rows[0].n,
      () => 0,
    );
    return { seen: String(n), isDone: n >= (this.isFloor ? this.count + 6 : this.reference.count) };
  }

  /** When the first record was handled; they say so. */
  firstMs() {
    return Number(/^FIRST (\d+)/m.exec(readFileSync(this.log, 'utf8'))?.[1]);
  }

  /** `rule|subject` of all that was detected; a floor has counts only, which must add up. */
  async lines(pool) {
    if (!this.isFloor) {
      const { rows } = await pool.query(`select rule || '|' || subject as it from det`);
      return rows.map(({ it }) => it);
    }
    const { rows } = await pool.query('select sum(n)::int as n from st');
    return rows[0].n === this.count ? [...this.reference.det] : [];
  }

  /** The broker as it was: Kafka Streams has topics of its own. */
  async clean() {
    rmSync(join(this.folder, this.tag), { recursive: true, force: true });
    const admin = this.broker.kafka.admin();
    await admin.connect();
    try {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(this.tag));
      if (topics.length > 0) await admin.deleteTopics({ topics });
    } finally {
      await admin.disconnect();
    }
  }
}
