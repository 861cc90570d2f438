import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cloneDatabase, withPool } from '../lib/database.mjs';
import { appMain, ROOT } from '../lib/dist.mjs';
import { counterBy } from '../lib/metrics.mjs';
import { startNode } from '../lib/processes.mjs';
import { detectorEnv, freePort, readyAt } from '../lib/service.mjs';

/** How long a rebalance may take once every process is there. */
const JOIN_MS = 4_000;

const TIMERS_DUE = `select count(*)::int as n from clock_group g cross join lateral (
  select from timer where clock_group = g.id and fire_at < now() order by fire_at limit 1) due`;

/**
 * Amends' detector, or our floor (`f1`), on a clone of the database in which the rules are live. Several
 * detectors are held until all of them have joined: a stopped position is read by nobody.
 */
export class OwnSubject {
  /** @param context what `withStream` opens, and perhaps how many `detectors`, and whether `isHeld` */
  constructor(name, context) {
    const { ownTopic, loaded, records, folder, detectors = 1, isHeld = false } = context;
    const { server, broker, reference } = context;
    Object.assign(this, { name, server, broker, reference, loaded, records, detectors, isHeld });
    this.topic = ownTopic;
    this.log = join(folder, `${name}.log`);
  }

  async prepare() {
    await cloneDatabase(this.server, this.loaded, 'run');
    this.firstMoveMs = undefined;
    this.readMs = undefined;
    this.ports = [];
    for (let number = 0; number < this.detectors; number += 1) this.ports.push(await freePort());
    if (this.isHeld) await this.#hold();
  }

  start() {
    const url = this.databaseUrl();
    const group = `bench-${this.name}-${Date.now()}`;
    const shared = { DATABASE_URL: url, KAFKA_BROKERS: this.broker.address };
    if (this.name === 'f1') {
      const env = { ...shared, TOPIC: this.topic, GROUP: group };
      return [startNode(join(ROOT, 'bench/bare/bare-kafka.mjs'), env, { log: this.log })];
    }
    return this.ports.map((port, number) =>
      startNode(
        appMain('detector'),
        { ...shared, ...detectorEnv(url, port), AMENDS_KAFKA_GROUP: group },
        { log: number === 0 ? this.log : `${this.log}.${number}` },
      ),
    );
  }

  databaseUrl() {
    return this.server.url('run');
  }

  /** Lets those go that were held; whoever owns a partition looks every two seconds. */
  async release(pool) {
    if (!this.isHeld) return false;
    await Promise.all(this.ports.map((port) => readyAt(port)));
    await sleep(JOIN_MS);
    await pool.query('update stream_position set stopped = null');
    return true;
  }

  async #hold() {
    await withPool(this.databaseUrl(), (pool) =>
      pool.query(
        `insert into stream_position (source, topic, partition, next_offset, stopped)
         select 'kafka', $1, p, 0, 'until all have joined' from generate_series(0, 5) as p`,
        [this.topic],
      ),
    );
  }

  /** Incidents are counted only once all is read and no timer is due: to count them takes what fires the timers. */
  async progress(pool) {
    const read = await this.#count(
      pool,
      'select coalesce(sum(next_offset), 0)::int as n from stream_position where topic = $1',
      [this.topic],
    );
    if (read > 0) this.firstMoveMs ??= Date.now();
    if (read < this.records) return { seen: String(read), isDone: false };
    this.readMs ??= Date.now();
    const due = await this.#count(pool, TIMERS_DUE);
    if (due > 0) return { seen: `${read} due`, isDone: false };
    const found = await this.#count(pool, 'select count(*)::int as n from incident where lane = 0');
    const seen = `${read} ${found}`;
    if (found < this.reference.count) return { seen, isDone: false };
    // A window may count again what it has counted; the reference names each once.
    const different = await this.#count(
      pool,
      'select count(*)::int as n from (select distinct rule_id, key from incident where lane = 0) i',
    );
    return { seen: `${seen} ${different}`, isDone: different >= this.reference.count };
  }

  /** The floor says when; of the detector the first commit is seen, not the record before it. */
  firstMs(pollMs) {
    const said = Number(/^FIRST (\d+)/m.exec(readFileSync(this.log, 'utf8'))?.[1]);
    return Number.isNaN(said) ? this.firstMoveMs - pollMs : said;
  }

  async lines(pool) {
    const { rows } =
      await pool.query(`select distinct upper(rule_id) || '|' || (key::jsonb #>> '{}')
      as it from incident where lane = 0`);
    return rows.map(({ it }) => it);
  }

  /** What each detector did, by its own metrics; the floor has none. */
  async shares() {
    if (this.name !== 'amends') return undefined;
    return Promise.all(
      this.ports.map(async (port) => ({
        events: (await counterBy(port, 'amends_events_consumed_total', 'topic'))[this.topic] ?? 0,
        redone: await counterBy(port, 'amends_batches_redone_total', 'reason'),
        fenced: await counterBy(port, 'amends_fence_rejections_total', 'topic'),
      })),
    );
  }

  async clean() {}

  async #count(pool, sql, values = []) {
    return (await pool.query(sql, values)).rows[0].n;
  }
}
