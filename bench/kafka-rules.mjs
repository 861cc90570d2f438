// What ten thousand live rules cost a detector on Kafka beside ten, per event, with everything that is
// written. Rules are told apart by type, by an equality, or by a range; an event concerns one rule in
// either case, and one event of a hundred ends in an incident.
import { withPool } from './lib/database.mjs';
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';
import { goLive, mapTopics, withService } from './lib/service.mjs';
import { median, significant } from './lib/stats.mjs';
import { createTopic, produce } from './lib/topics.mjs';
import { drain } from './stream/drain.mjs';
import { OwnSubject } from './stream/own-subject.mjs';
import { peersModule } from './stream/peers-copy.mjs';
import { withStream } from './stream/with-stream.mjs';

const PARTITIONS = 6;
const CUSTOMERS = 20_000;
const FEW = 10;
const MANY = 10_000;
const BAD = { 'data.bad': { gte: 1 } };

/** How rule number `i` is told from the others, and what makes an event rule `i`'s. */
const SHAPES = {
  type: {
    rule: (i) => ({ event: `quality.kind${i}.ended`, where: BAD }),
    event: (i) => ({ type: `quality.kind${i}.ended`, data: {} }),
  },
  equality: {
    rule: (i) => ({
      event: 'quality.playback.ended',
      where: { 'data.region': `region-${i}`, ...BAD },
    }),
    event: (i) => ({ type: 'quality.playback.ended', data: { region: `region-${i}` } }),
  },
  range: {
    rule: (i) => ({
      event: 'quality.playback.ended',
      where: { 'data.stalled_ms': { gte: 10 * i, lt: 10 * i + 10 }, ...BAD },
    }),
    event: (i) => ({ type: 'quality.playback.ended', data: { stalled_ms: 10 * i + 5 } }),
  },
};

export async function run(args) {
  const options = readOptions(args, { events: 100_000, runs: 3 });
  const results = new Map();
  await withStream(['amends'], async (_open, { server, broker, folder }) => {
    for (const shape of Object.keys(SHAPES)) {
      const ownTopic = `rules-${shape}`;
      await createTopic(broker, ownTopic, PARTITIONS);
      const { records, det } = workload(shape, options.events);
      await produce(broker, ownTopic, records);
      const { checksum } = await peersModule('reference.mjs');
      const reference = { count: det.size, checksum: checksum(det), det };
      for (const count of [FEW, MANY]) await makeLoaded(server, { shape, count, topic: ownTopic });
      for (let turn = 1; turn <= options.runs; turn += 1) {
        for (const count of [FEW, MANY]) {
          const loaded = `rules_${shape}_${count}`;
          const shared = { server, broker, folder, reference, count: options.events };
          const subject = new OwnSubject('amends', {
            ...shared,
            ownTopic,
            loaded,
            records: options.events,
            isHeld: true,
          });
          const one = await drain(subject, shared);
          console.log(`  ${shape} ${count}: ${JSON.stringify(one)}`);
          results.set(loaded, [...(results.get(loaded) ?? []), one]);
        }
      }
    }
  });
  record('kafka-rules', options, figuresOf(results));
  if ([...results.values()].flat().some(({ isExact }) => !isExact)) process.exitCode = 1;
}

function figuresOf(results) {
  const figures = {};
  for (const shape of Object.keys(SHAPES)) {
    const [few, many] = [FEW, MANY].map((count) => results.get(`rules_${shape}_${count}`));
    for (const [count, runs] of [
      [FEW, few],
      [MANY, many],
    ]) {
      const each = (key) => runs.map((one) => one[key]).join(' ');
      figures[`${shape}, ${count} rules: events per second`] = each('rate');
      figures[`${shape}, ${count} rules: CPU µs per event, detector`] = each('cpuUs');
      figures[`${shape}, ${count} rules: CPU µs per event, PostgreSQL`] = each('postgresUs');
      figures[`${shape}, ${count} rules: peak RSS MiB`] = each('peakMiB');
      figures[`${shape}, ${count} rules: exact runs`] =
        `${runs.filter(({ isExact }) => isExact).length}/${runs.length}`;
    }
    const ratio = (key) => significant(median(many.map((one, turn) => one[key] / few[turn][key])));
    figures[`${shape}: cost of ${MANY} over ${FEW}, detector's CPU`] = ratio('cpuUs');
    figures[`${shape}: rate with ${MANY} over ${FEW}`] = ratio('rate');
  }
  return figures;
}

/** Events of the first ten rules in turn, and what is to be found. */
function workload(shape, count) {
  const det = new Set();
  const startMs = Date.now() - count;
  const records = Array.from({ length: count }, (_, number) => {
    const i = number % FEW;
    const { type, data } = SHAPES[shape].event(i);
    const bad = number % 100 < FEW && Math.floor(number / 100) % FEW === i ? 1 : 0;
    const id = `e${number}`;
    if (bad === 1) det.add(`${ruleId(i).toUpperCase()}|${id}`);
    const event = {
      specversion: '1.0',
      id,
      source: '/bench',
      type,
      time: new Date(startMs + number).toISOString(),
      subject: `session/${id}`,
      customerid: `c${number % CUSTOMERS}`,
      data: { session_id: id, bad, watched_ms: 3_600_000, device: `tv-${number % 5}`, ...data },
    };
    return { key: event.customerid, value: JSON.stringify(event) };
  });
  return { records, det };
}

function ruleId(i) {
  return `rule-${i}`;
}

function documentOf(shape, i) {
  return {
    kind: 'Rule',
    id: ruleId(i),
    title: `One of many, number ${i}`,
    detect: { type: 'event', by: 'data.session_id', ...SHAPES[shape].rule(i) },
    pay: { as: 'nothing' },
  };
}

/** The first rule comes by REST; the others are copies of its rows, for want of minutes. */
async function makeLoaded(server, { shape, count, topic }) {
  const name = `rules_${shape}_${count}`;
  await server.ensureDatabase(name);
  const url = server.url(name);
  await withService({ DATABASE_URL: url }, async ({ api }) => {
    await mapTopics(api, { quality: topic });
    await goLive(api, documentOf(shape, 0));
  });
  await withPool(url, async (pool) => {
    const numbers = Array.from({ length: count - 1 }, (_, index) => index + 1);
    const ids = numbers.map(ruleId);
    const documents = numbers.map((i) => JSON.stringify(documentOf(shape, i)));
    await pool.query(
      'insert into rule (id, latest_version) select i, 1 from unnest($1::text[]) as u (i)',
      [ids],
    );
    await pool.query(
      `insert into rule_version (rule_id, version, document, document_hash, title, author)
       select i, 1, d::json, md5(d), i, 'bench' from unnest($1::text[], $2::text[]) as u (i, d)`,
      [ids, documents],
    );
    await pool.query(
      `insert into rule_rollout (rule_id, revision, live_version, live_percent, live_since)
       select i, r.revision, 1, 100, r.live_since from unnest($1::text[]) as u (i), rule_rollout r
       where r.rule_id = $2`,
      [ids, ruleId(0)],
    );
    await pool.query(
      'insert into rule_run (rule_id, lane, version) select i, 0, 1 from unnest($1::text[]) as u (i)',
      [ids],
    );
    await pool.query('update rule_set set generation = generation + 1');
    await pool.query('truncate topic_clock');
    await pool.query('vacuum analyze');
  });
}
