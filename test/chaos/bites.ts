import { CRASH_POINT_NAMES } from '@amends/platform';
import type { Outcome } from './campaign';

type Counts = Readonly<Record<string, number>>;

/** What each fault has to be seen by, once it was done so often: one that never bites proves nothing. */
const BITES: readonly (readonly [fault: string, times: number, seen: string])[] = [
  ['zombie detector', 4, 'fences refused'],
  ['kill detector', 1, 'rebalances'],
  ['broker crash', 1, 'requests refused to the generator'],
  ['broker crash', 1, 'connections lost to a death'],
  ['database crash', 1, 'connections lost to a death'],
  ['network cut', 1, 'connections cut'],
  ['network silence', 1, 'connections silenced'],
  ['network delay', 1, 'pieces delayed'],
  ['commit cut', 1, 'commits cut'],
  ['hold', 2, 'payouts and messages held'],
  ['rules changed', 20, 'batches redone (rules)'],
  ['rebalance storm', 1, 'rebalances'],
];

/** What the generator, the refund service and the mail server do all the time. */
const ALWAYS = [
  'events sent again',
  'events read again',
  'events set aside',
  'payouts sent again',
  'payouts replayed',
  'paid, then 500',
  'paid, then silence',
  'paid slowly',
  'attempts seen before the first byte',
  'messages sent again',
  'payouts refused by a limit or budget',
];

/** Faults that did not bite. `isWhole`: all there are must have been done, at every crash point too. */
export function missingBites(
  { seen, done, deaths }: { seen: Counts; done: Counts; deaths: Counts },
  isWhole: boolean,
): string[] {
  const missing: string[] = [];
  for (const [fault, times, what] of BITES) {
    const count = done[fault] ?? 0;
    if (isWhole && count === 0) missing.push(`${fault} was not done`);
    if (count >= times && (seen[what] ?? 0) === 0) missing.push(`${fault}: no ${what}`);
  }
  for (const what of ALWAYS) {
    if ((seen[what] ?? 0) === 0) missing.push(`no ${what}`);
  }
  for (const point of isWhole ? CRASH_POINT_NAMES : []) {
    if ((deaths[point] ?? 0) === 0) missing.push(`nobody died at ${point}`);
  }
  return missing;
}

export function countsOf({ seen, done, deaths }: Outcome) {
  return {
    seen: Object.fromEntries(seen),
    done: Object.fromEntries([...done].filter(([name]) => !name.startsWith('arm '))),
    deaths: Object.fromEntries(deaths),
  };
}
