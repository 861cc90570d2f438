import { join } from 'node:path';
import { EmbeddedPostgres, type Logger } from '@amends/platform';
import type { StandaloneConfig } from './config';

/** The database that the service works on. */
export interface OpenDatabase {
  readonly url: string;
  /** Stops the embedded server; does nothing to one of yours. */
  close(): Promise<void>;
}

const NAME = 'amends';

/** The database of `DATABASE_URL`, else an embedded PostgreSQL in the data folder. */
export async function openDatabase(
  config: Pick<StandaloneConfig, 'DATABASE_URL' | 'AMENDS_DATA_DIR'>,
  logger: Logger,
): Promise<OpenDatabase> {
  const { DATABASE_URL: url } = config;
  if (url !== undefined) return { url, close: () => Promise.resolve() };
  const server = new EmbeddedPostgres({ folder: join(config.AMENDS_DATA_DIR, 'postgres') });
  const origin = await server.start();
  logger.info('the embedded database is running', { state: origin });
  try {
    await server.ensureDatabase(NAME);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { url: server.url(NAME), close: () => server.stop() };
}
