import fc from 'fast-check';
import type { OracleEvent } from '../model';

/** The same arrivals with some sent again, at any later place. */
export function duplicates(arrivals: OracleEvent[]): fc.Arbitrary<OracleEvent[]> {
  const last = Math.max(0, arrivals.length - 1);
  const again = fc.record({ from: fc.nat({ max: last }), after: fc.nat({ max: last }) });
  return fc
    .array(again, { maxLength: arrivals.length })
    .map((copies) =>
      arrivals.flatMap((event, index) => [
        event,
        ...copies
          .filter(({ from, after }) => Math.max(from, after) === index)
          .flatMap(({ from }) => arrivals[from] ?? []),
      ]),
    );
}
