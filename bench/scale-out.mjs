// One, two and four detectors on the same topic: how the work is divided, whether they find the same, and
// what each part takes of the CPU per event. With `--key subject` the records are spread by order and
// session instead of by customer, so that the states of R3 (by customer) are met in several partitions,
// and processes, at once: there is the contention.
import { readOptions } from './lib/options.mjs';
import { record } from './lib/results.mjs';
import { median, significant } from './lib/stats.mjs';
import { drain } from './stream/drain.mjs';
import { OwnSubject } from './stream/own-subject.mjs';
import { withStream } from './stream/with-stream.mjs';

const SIZES = [1, 2, 4];

export async function run(args) {
  const options = readOptions(args, { events: 200_000, runs: 3, key: 'customer' });
  const results = new Map(SIZES.map((size) => [size, []]));
  await withStream(['amends'], async (open) => {
    const context = await open(options.events, options.key);
    for (let turn = 1; turn <= options.runs; turn += 1) {
      for (const detectors of SIZES) {
        const one = await drain(
          new OwnSubject('amends', { ...context, detectors, isHeld: true }),
          context,
        );
        console.log(`  ${detectors}: ${JSON.stringify(one)}`);
        results.get(detectors).push(one);
      }
    }
  });
  record('scale-out', options, figuresOf(results));
  if ([...results.values()].flat().some(({ isExact }) => !isExact)) process.exitCode = 1;
}

function figuresOf(results) {
  const figures = {};
  for (const [size, runs] of results) {
    const of = (key) => runs.map((one) => one[key]);
    const say = (name, value) => (figures[`${size}: ${name}`] = value);
    say('events per second, each run', of('rate').join(' '));
    say('events per second, median', median(of('rate')));
    say('per process, median', Math.round(median(of('rate')) / size));
    say('exact runs', `${runs.filter(({ isExact }) => isExact).length}/${runs.length}`);
    say('share of events, %, each run', runs.map(sharesOf).join(' · '));
    say('CPU µs per event, detectors together', of('cpuUs').join(' '));
    say('CPU µs per event, PostgreSQL', of('postgresUs').join(' '));
    say('CPU µs per event, broker', of('brokerUs').join(' '));
    say('peak RSS MiB, each process', runs.map((one) => one.peakMiBEach.join('+')).join(' · '));
    say('done again, by reason', JSON.stringify(sumOf(runs, 'redone')));
    say('refused by the fence', JSON.stringify(sumOf(runs, 'fenced')));
  }
  return figures;
}

function sharesOf({ shares }) {
  const total = shares.reduce((sum, { events }) => sum + events, 0);
  return shares.map(({ events }) => significant((100 * events) / total, 2)).join('+');
}

function sumOf(runs, name) {
  const sums = {};
  for (const { shares } of runs) {
    for (const one of shares) {
      for (const [key, count] of Object.entries(one[name])) sums[key] = (sums[key] ?? 0) + count;
    }
  }
  return sums;
}
