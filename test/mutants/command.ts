import { CATALOGUE } from './catalogue';
import type { GuardMutant } from './guard-mutant';
import { runMutants } from './run-mutants';

interface Options {
  /** Names of mutants or of groups; empty: all. */
  readonly only: readonly string[];
  readonly atOnce: number;
  readonly isList: boolean;
}

/** `npm run mutants -- [--only name,group] [--at-once 2] [--list]`. Answers whether each was caught. */
export async function main(args: readonly string[]): Promise<boolean> {
  const { only, atOnce, isList } = readOptions(args);
  const mutants = choose(only);
  if (isList) {
    print(mutants.map((mutant) => [mutant, '']));
    return true;
  }
  const startMs = performance.now();
  const judged = await runMutants(mutants, atOnce, (text) => {
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
    process.stderr.write(`${seconds.padStart(5)} ${text}\n`);
  });
  print(judged.map(({ mutant, verdict }) => [mutant, verdict]));
  const caught = judged.filter(({ isCaught }) => isCaught).length;
  process.stdout.write(`${String(caught)} of ${String(judged.length)} caught\n`);
  return caught === judged.length;
}

function choose(only: readonly string[]): readonly GuardMutant[] {
  const groups = Object.entries(CATALOGUE);
  const known = groups.flatMap(([group, all]) => [group, ...all.map(({ name }) => name)]);
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such mutant or group: ${unknown.join(', ')}`);
  return groups.flatMap(([group, all]) =>
    all.filter(({ name }) => only.length === 0 || only.includes(group) || only.includes(name)),
  );
}

function print(rows: readonly (readonly [GuardMutant, string])[]): void {
  for (const [{ name, without, spec, test }, verdict] of rows) {
    const cells = [name, without, `${spec} "${test}"`, ...(verdict === '' ? [] : [verdict])];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  }
}

function readOptions(args: readonly string[]): Options {
  const options = { only: [] as readonly string[], atOnce: 2, isList: false };
  for (let index = 0; index < args.length; index += 1) {
    const name = args[index];
    if (name === '--list') options.isList = true;
    else if (name === '--only') options.only = (args[(index += 1)] ?? '').split(',');
    else if (name === '--at-once') options.atOnce = readCount(args[(index += 1)]);
    else throw new Error(`${String(name)}? There are --only name,group --at-once n --list`);
  }
  return options;
}

function readCount(text: string | undefined): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error('--at-once takes a whole number');
  return count;
}
