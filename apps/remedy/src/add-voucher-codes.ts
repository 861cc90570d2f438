import { AddVoucherCodes } from '@amends/application';
import { PgDatabase, Pools, takeRoles } from '@amends/persistence';
import { readConfig } from '@amends/platform';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { RemedyConfig } from './remedy-config';

const USAGE = `npm run add-voucher-codes -- <pool> <file> [--brand NAME] [--template ID]
Adds the codes of a file to a pool, "code,5.00 EUR[,2026-12-31T23:59:59Z]" a line; DATABASE_URL as for remedy.
`;
/** Exit code of a command that was called wrongly (sysexits.h). */
const EXIT_USAGE = 64;

async function main(): Promise<void> {
  const asked = readArguments();
  if (asked === undefined) {
    process.stderr.write(USAGE);
    process.exit(EXIT_USAGE);
  }
  const { pool, file, brand, template } = asked;
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  const { DATABASE_URL: url, AMENDS_DATABASE_ROLES: mode } = readConfig(RemedyConfig);
  const as = await takeRoles(url, { operator: 'remedy' }, { mode });
  const pools = await Pools.open({ url, sizes: { operator: 1 }, as });
  const { added, known } = await new AddVoucherCodes(new PgDatabase(pools.get('operator'))).execute(
    {
      pool,
      brand: brand ?? null,
      template: template ?? null,
      lines,
      by: userInfo().username,
    },
  );
  process.stdout.write(`${pool}: ${String(added)} added, ${String(known)} there before\n`);
  await pools.close();
}

/** Undefined when it is called wrongly. */
function readArguments() {
  try {
    const options = { brand: { type: 'string' }, template: { type: 'string' } } as const;
    const { positionals, values } = parseArgs({ options, allowPositionals: true });
    const [pool, file, ...rest] = positionals;
    return pool === undefined || file === undefined || rest.length > 0
      ? undefined
      : { pool, file, ...values };
  } catch {
    return undefined;
  }
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
