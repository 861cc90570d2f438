import { migrate, takeRoles } from '@amends/persistence';
import { readConfig } from '@amends/platform';
import { migrateConfig } from './migrate-config';

const USAGE = `npm run migrate
Brings the schema up to date, and gives the roles of the processes what is theirs. DATABASE_URL names the owner of the tables.
`;
/** Exit code of a command that was called wrongly (sysexits.h). */
const EXIT_USAGE = 64;

const ROLES = { api: 'api', desk: 'desk', detector: 'detector', remedy: 'remedy' } as const;

/** For installations whose processes log in as users that may change no schema (ADR 13). */
async function main(): Promise<void> {
  if (process.argv.length > 2) {
    process.stderr.write(USAGE);
    process.exit(EXIT_USAGE);
  }
  const { DATABASE_URL: url, AMENDS_DATABASE_ROLES: mode } = readConfig(migrateConfig);
  const ran = await migrate(url);
  for (const name of ran) process.stdout.write(`${name}\n`);
  process.stdout.write(
    ran.length === 0 ? 'The schema is up to date.\n' : 'The schema is now up to date.\n',
  );
  await takeRoles(url, ROLES, {
    mode,
    onUnused: (reason) => {
      process.stdout.write(
        `Processes that log in as this user can not take their roles: ${reason}\n`,
      );
    },
  });
}

void main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
