import { Reconcile, Remedy, RemedyObserver, Wake, type PayoutProviders } from '@amends/application';
import { allowOutbound, createPayoutProviders } from '@amends/channels';
import { PgDatabase, PgHistory, Pools, takeRoles } from '@amends/persistence';
import { readConfig } from '@amends/platform';
import { parseArgs } from 'node:util';
import { describeReconciled } from './describe-reconciled';
import { adapterSettings, RemedyConfig } from './remedy-config';

const USAGE = `npm run reconcile -- [--provider NAME] [--from 2026-03-01] [--to 2026-03-08]
Compares our books with the list of each payout provider that gives one: the last seven days unless told.
What is open is settled or failed by it. DATABASE_URL and PAYOUT_PROVIDERS as for remedy.
`;
/** Exit codes of sysexits.h: called wrongly. One that found a difference ends with 1. */
const EXIT_USAGE = 64;
const EXIT_DIFFERENT = 1;
const DAY_MS = 24 * 60 * 60_000;
const LOOK_BACK_MS = 7 * DAY_MS;
/** What was sent just now is not in the list yet. */
const UNRIPE_MS = 10 * 60_000;

interface Asked {
  readonly provider: string | undefined;
  readonly fromMs: number;
  readonly toMs: number;
}

async function main(): Promise<void> {
  const asked = readArguments();
  if (asked === undefined) {
    process.stderr.write(USAGE);
    process.exit(EXIT_USAGE);
  }
  const config = readConfig(RemedyConfig);
  allowOutbound(config.AMENDS_OUTBOUND_PRIVATE ?? []);
  const providers = createPayoutProviders(adapterSettings(config).payout);
  const able = choose(providers, asked.provider);
  const { DATABASE_URL: url, AMENDS_DATABASE_ROLES: mode } = config;
  const as = await takeRoles(url, { operator: 'remedy' }, { mode });
  const pools = await Pools.open({ url, sizes: { operator: 2 }, as });
  const remedy = new Remedy({
    database: new PgDatabase(pools.get('operator')),
    history: new PgHistory(),
    observer: new RemedyObserver(),
    providers,
    wake: new Wake(),
    clock: config.AMENDS_CLOCK,
    topicsOf: () => [],
  });
  let isDifferent = false;
  for (const provider of able) {
    const done = await new Reconcile(remedy).execute(provider, asked.fromMs, asked.toMs);
    process.stdout.write(describeReconciled(done));
    isDifferent ||= done.differences.length > 0;
  }
  await pools.close();
  process.exitCode = isDifferent ? EXIT_DIFFERENT : 0;
}

function choose({ all }: PayoutProviders, name: string | undefined) {
  const able = all.filter(({ capabilities }) => capabilities.canList);
  const chosen = name === undefined ? able : able.filter((provider) => provider.name === name);
  if (chosen.length > 0) return chosen;
  const which = name === undefined ? 'No payout provider' : `No payout provider "${name}"`;
  throw new Error(
    `${which} is set up that gives a list (PAYOUT_PROVIDERS; list_url of a webhook).`,
  );
}

/** Undefined when it is called wrongly. */
function readArguments(): Asked | undefined {
  try {
    const options = {
      provider: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
    } as const;
    const { values } = parseArgs({ options });
    const toMs = values.to === undefined ? Date.now() - UNRIPE_MS : Date.parse(values.to);
    const fromMs = values.from === undefined ? toMs - LOOK_BACK_MS : Date.parse(values.from);
    if (!(fromMs < toMs)) return undefined;
    return { provider: values.provider, fromMs, toMs };
  } catch {
    return undefined;
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
