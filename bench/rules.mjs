// What a rule costs an event that it does not concern: the pure engine in this process, no database.
// One rule of many can match; the many are told apart by type, by an equality, or by ranges. And 100
// rules that all match, where the work is real.
import { library } from './lib/dist.mjs';
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';
import { median, significant } from './lib/stats.mjs';

const EVENTS_PER_BATCH = 500;
const AT_MS = Date.UTC(2026, 2, 1);

/** How rule number `i` is told from the others. The event is always rule 0's. */
const SHAPES = {
  type: (i) => ({
    event: i === 0 ? 'quality.playback.ended' : `quality.kind${i}.ended`,
    where: {},
  }),
  equality: (i) => ({ event: 'quality.playback.ended', where: { 'data.region': `region-${i}` } }),
  range: (i) => ({
    event: 'quality.playback.ended',
    where: { 'data.stalled_ms': { gte: 90_000 + 10 * i, lt: 90_010 + 10 * i } },
  }),
  threshold: (i) => ({
    event: 'quality.playback.ended',
    where: { 'data.stalled_ms': { gte: i === 0 ? 72_000 : 90_010 + i } },
  }),
  all: () => ({ event: 'quality.playback.ended', where: { 'data.region': 'region-0' } }),
};

const COUNTS = [1, 100, 10_000];

export async function run(args) {
  const options = readOptions(args, { runs: 7, milliseconds: 400 });
  const shapes = ['type', 'equality', 'range', 'threshold'];
  const subjects = [
    ...shapes.flatMap((shape) => COUNTS.map((count) => makeSubject(shape, count, 1))),
    makeSubject('all', 100, 100),
  ];
  // Taken in turns, so that what else the machine does falls on all of them alike.
  for (let turn = 0; turn <= options.runs; turn += 1) {
    for (const subject of subjects) {
      const ns = nsPerEvent(subject, options.milliseconds);
      // The first turn warms up.
      if (turn > 0) subject.costs.push(ns);
    }
  }
  record('rules', options, figuresOf(subjects));
}

function figuresOf(subjects) {
  const figures = {};
  for (const { shape, count, costs, compileMs } of subjects) {
    const name = `${shape}, ${count} rules`;
    figures[`${name}: µs per event`] = significant(median(costs) / 1000);
    if (shape === 'all')
      figures[`${name}: µs per match`] = significant(median(costs) / 1000 / count);
    if (count === 10_000) {
      const one = subjects.find((other) => other.shape === shape && other.count === 1);
      figures[`${name}: ratio to 1 rule`] = significant(median(costs) / median(one.costs));
      figures[`${name}: compiled in ms`] = Math.round(compileMs);
    }
  }
  return figures;
}

function makeSubject(shape, count, matches) {
  const from = performance.now();
  const ruleSet = makeRuleSet(shape, count);
  return { shape, count, matches, ruleSet, compileMs: performance.now() - from, costs: [] };
}

let events = 0;

function nsPerEvent({ shape, ruleSet, matches }, milliseconds) {
  let tookMs = 0;
  let batches = 0;
  while (tookMs < milliseconds) {
    const batch = Array.from({ length: EVENTS_PER_BATCH }, () => makeEvent((events += 1)));
    const from = performance.now();
    const found = evaluate(ruleSet, batch);
    tookMs += performance.now() - from;
    batches += 1;
    if (found !== matches * batch.length) throw new Error(`${shape}: ${found} found`);
  }
  return (1e6 * tookMs) / (batches * EVENTS_PER_BATCH);
}

/** As the detector does with a chunk: route, evaluate, take out what was found and what changed. */
function evaluate(ruleSet, events) {
  const { DetectRun } = library('domain');
  const run = new DetectRun(ruleSet, new Map(), { accountLatenessMs: 0 });
  for (const event of events) run.onEvent(event, ruleSet.route(event), AT_MS);
  let changed = 0;
  for (const _ of run.changedStates()) changed += 1;
  if (changed > 0) throw new Error('rules of this bench keep no state');
  return run.effects.filter((effect) => effect.kind === 'found').length;
}

function makeRuleSet(shape, count) {
  const { buildRuleSet, compileRule } = library('domain');
  const entries = Array.from({ length: count }, (_, i) => {
    const { event, where } = SHAPES[shape](i);
    const document = {
      kind: 'Rule',
      id: `bench-${i}`,
      title: 'A rule of the bench',
      detect: {
        type: 'event',
        event,
        by: 'data.session_id',
        where: { ...where, 'data.watched_ms': { gte: 120_000 } },
      },
      pay: { as: 'nothing' },
    };
    const current = compileRule(document, { version: 1, calendars: new Map() });
    return { ruleId: document.id, ruleNo: i + 1, lane: 'live', current, draining: [] };
  });
  return buildRuleSet(entries);
}

function makeEvent(number) {
  const json = {
    specversion: '1.0',
    source: '/bench',
    id: String(number),
    type: 'quality.playback.ended',
    time: new Date(AT_MS).toISOString(),
    subject: `session/${number}`,
    customerid: `c${number % 1000}`,
    data: {
      session_id: `s${number}`,
      region: 'region-0',
      stalled_ms: 90_000,
      watched_ms: 3_600_000,
      device: 'tv-3',
      price: { value: '3.99', currency: 'EUR' },
    },
  };
  const { source, id, type } = json;
  return { source, id, type, timeMs: AT_MS, customerId: json.customerid, json };
}
