import { createTestDatabase } from '@amends/testing';
import { Campaign, type CampaignOptions, type CampaignResult } from './campaign';

export interface PartOptions {
  readonly payouts: number;
  readonly seed: number;
  readonly workers: number;
  readonly crashes: number;
  readonly minutes: number;
}

export interface Part {
  readonly figures: Readonly<Record<string, string | number>>;
  /** What is not as it must be. */
  readonly faults: readonly string[];
}

/** One part of the long form, over the compiled service. */
export async function runPart(options: PartOptions): Promise<Part> {
  const database = await createTestDatabase();
  const given: CampaignOptions = {
    ...options,
    database,
    isBuilt: true,
    limitMs: options.minutes * 60_000,
    log: (text) => process.stderr.write(`${text}\n`),
  };
  try {
    const result = await Campaign.run(given);
    return { figures: figuresOf(result), faults: faultsOf(result, options) };
  } finally {
    await database.drop();
  }
}

/** What must never be, and what must have happened for the rest to prove anything. */
export function faultsOf(
  { verdict, violations, differences, deaths, bites, lostAnswers, faults: made }: CampaignResult,
  { payouts }: { readonly payouts: number },
): string[] {
  const lists = {
    doubled: verdict.doubled,
    lost: verdict.lost,
    'of another sum': verdict.otherSum,
    forgotten: verdict.forgotten,
    'under a strange key': verdict.strange,
    violated: violations.map(({ id, rows }) => `${id} ${rows[0] ?? ''}`),
    'different from the provider’s list': differences.map(({ kind, key }) => `${kind} ${key}`),
  };
  const faults = Object.entries(lists)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => `${String(list.length)} ${what}: ${list.slice(0, 5).join(', ')}`);
  if (verdict.payouts !== payouts) faults.push(`${String(verdict.payouts)} were decided`);
  const bitten: Readonly<Record<string, number>> = {
    ...bites,
    'lost answers': lostAnswers,
    killed: Object.values(deaths).reduce((sum, times) => sum + times, 0),
  };
  const MUST = [
    'lost answers',
    'killed',
    'unknown for a while',
    'sent again',
    'answered when asked',
    'asked by reference',
    'new number after a failure',
    'webhook taken',
    'webhook known',
    'failed later',
  ];
  for (const what of MUST) if (!((bitten[what] ?? 0) > 0)) faults.push(`NO BITE: ${what}`);
  // One that was paid late counts from then at the provider, and nobody can know of it before.
  const soon = bites['refunded too soon'] ?? 0;
  if (soon > (made['late'] ?? 0)) faults.push(`${String(soon)} sent sooner than they are taken`);
  return faults;
}

function figuresOf(result: CampaignResult): Readonly<Record<string, string | number>> {
  const { verdict, deaths, bites, faults, differences, violations } = result;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([what, times]) => `${what} ${String(times)}`)
      .join(', ');
  return {
    payouts: verdict.payouts,
    doubled: verdict.doubled.length,
    lost: verdict.lost.length,
    'of another sum': verdict.otherSum.length,
    'unknown, nobody asked': verdict.forgotten.length,
    'unknown, in front of a person': verdict.withPerson,
    'different from the lists of the providers': differences.length,
    'invariants violated': violations.length,
    'paid, answer lost': result.lostAnswers,
    deaths: list(deaths),
    states: list(verdict.states),
    'failures, by code': list(verdict.failures),
    'money moved / came back': `${String(verdict.moved)} / ${String(verdict.returned)}`,
    'how the unknown ended, and more': list(bites),
    faults: list(faults),
    'simulated hours': Math.round(result.simulatedHours),
    seconds: Math.round(result.seconds),
  };
}
