import { median, significant } from '../lib/stats.mjs';

/** What each leaves behind, so that nobody takes the rates for the same work. */
const WRITES = {
  floor: 'a count per customer, positions; no rules',
  f1: 'positions, states, timers, history, incidents; no rules',
  amends: 'positions, states, timers, history, incidents, decisions to make, outbox',
  'nest-stock': 'orders, bad playbacks, detections',
  'nest-stock-parallel': 'orders, bad playbacks, detections',
  'kafka-streams': 'detections; state in RocksDB and changelog topics',
  'kafka-streams-mem-1s': 'detections; state in memory and changelog topics',
  'flink-cep': 'detections; state in heap, checkpoints each second',
  'flink-cep-rocksdb': 'detections; state in RocksDB, checkpoints each second',
};

/** Named figures for the record. */
export function figuresOf(results) {
  const figures = {};
  for (const [name, runs] of results) {
    figures[`${name}: events per second, each run`] = each(runs, 'rate');
    figures[`${name}: events per second, median`] = median(of(runs, 'rate'));
    figures[`${name}: exact runs`] = exact(runs);
    figures[`${name}: CPU µs per event, process`] = each(runs, 'cpuUs');
    figures[`${name}: CPU µs per event, PostgreSQL`] = each(runs, 'postgresUs');
    figures[`${name}: CPU µs per event, broker`] = each(runs, 'brokerUs');
    figures[`${name}: peak RSS MiB`] = each(runs, 'peakMiB');
  }
  for (const other of ['f1', 'nest-stock-parallel', 'flink-cep-rocksdb', 'flink-cep']) {
    const ratio = ratioOf(results.get('amends'), results.get(other));
    if (ratio !== undefined) figures[`amends to ${other}`] = ratio;
  }
  return figures;
}

/** The same as a table to be pasted into RESULTS.md. */
export function printTable(results) {
  const rows = [...results].map(([name, runs]) => [
    name,
    `${runs[0].events / 1000}k × ${runs.length}`,
    `**${group(median(of(runs, 'rate')))}** (${group(Math.min(...of(runs, 'rate')))}..${group(Math.max(...of(runs, 'rate')))})`,
    group(median(of(runs, 'peakMiB'))),
    ...['cpuUs', 'postgresUs', 'brokerUs', 'startUpSeconds'].map((key) => median(of(runs, key))),
    name === 'floor' ? `counts ${exact(runs)}` : exact(runs),
    WRITES[name] ?? '',
  ]);
  const head =
    'implementation|N × runs|events/s, median (min..max)|peak RSS MiB|CPU µs/event: process|PostgreSQL|broker|start-up s|exact|writes';
  const titles = head.split('|');
  console.log(['', line(titles), line(titles.map(() => '---')), ...rows.map(line), ''].join('\n'));
}

/** The median over turns of what was measured right after one another. */
function ratioOf(runs = [], others = []) {
  const count = Math.min(runs.length, others.length);
  if (count === 0) return undefined;
  const turns = runs.slice(0, count);
  return significant(median(turns.map(({ rate }, turn) => rate / others[turn].rate)));
}

function exact(runs) {
  return `${runs.filter(({ isExact }) => isExact).length}/${runs.length}`;
}

function of(runs, key) {
  return runs.map((one) => one[key]);
}

function each(runs, key) {
  return of(runs, key).join(' ');
}

function group(number) {
  return number.toLocaleString('en');
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}
