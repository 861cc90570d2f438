import type { SeqRun } from './detect-store';

/** The `seq` of each event, in order. */
export function seqsOf(runs: readonly SeqRun[]): bigint[] {
  return runs.flatMap(({ first, count }) =>
    Array.from({ length: count }, (_, event) => first + BigInt(event)),
  );
}
