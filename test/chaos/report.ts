import { addUp, killsOf, percentile, type PartResult } from './results';

/** One part, or several added up, for people. */
export function report(results: readonly PartResult[]): string {
  const deaths = addUp(results.map((one) => one.deaths));
  const sumOf = (what: 'events' | 'incidents' | 'paid' | 'checks') =>
    results.reduce((sum, one) => sum + one[what], 0);
  const lines = [
    ['parts', results.length],
    ['kill -9', killsOf(deaths)],
    ['events', sumOf('events')],
    ['incidents', sumOf('incidents')],
    ['paid', sumOf('paid')],
    ['rounds of checks', sumOf('checks')],
    ...section('deaths', deaths),
    ...section('faults', addUp(results.map((one) => one.done))),
    ...section('seen', addUp(results.map((one) => one.seen))),
    ...recoveries(results),
  ] as const;
  const width = Math.max(...lines.map(([name]) => name.length));
  const text = lines.map(([name, value]) => `${name.padEnd(width)}  ${String(value)}`);
  const faults = results.flatMap((one) => one.faults);
  const missing = results.flatMap((one) => one.missing);
  return [
    ...text,
    ...faults.map((fault) => `FAULT ${fault}`),
    ...missing.map((what) => `NO BITE ${what}`),
    `${String(faults.length)} lost, doubled or broken`,
    '',
  ].join('\n');
}

function section(name: string, counts: Readonly<Record<string, number>>) {
  return Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, count]) => [`${name}: ${what}`, count] as const);
}

function recoveries(results: readonly PartResult[]) {
  const all = results.flatMap(({ recovered }) => recovered);
  const alone = all.filter(({ isAlone }) => isAlone);
  return [
    ...['all', 'detector', 'remedy', 'api'].map((role) => line('back at work', role, all)),
    ...['all', 'detector', 'remedy', 'api'].map((role) => line('one death alone', role, alone)),
  ];
}

function line(name: string, role: string, recovered: PartResult['recovered']) {
  const times = recovered.filter((one) => role === 'all' || one.role === role).map(({ ms }) => ms);
  const [p50, p95] = [0.5, 0.95].map((share) => seconds(percentile(times, share)));
  const most = seconds(Math.max(...times, 0));
  const value = `p50 ${p50!} s, p95 ${p95!} s, longest ${most} s, of ${String(times.length)}`;
  return [`${name}: ${role}`, value] as const;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}
