import type { Pool, PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations';
import { roleName, type DatabaseRole } from '../roles/database-role';
import { typeParsers } from './type-parsers';

export interface DataSourceOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Who holds the connections: shown by pg_stat_activity as `amends-<role>`. */
  readonly role: string;
  readonly poolMax: number;
  /** As whom statements are run (ADR 13); unless given, as the user of the address. */
  readonly as?: DatabaseRole | undefined;
  /** A statement that runs longer is ended by the server; none unless given. */
  readonly statementTimeoutMs?: number;
  /**
   * A statement that has no answer for so long is given up, and its connection with it: a database or a network that
   * fell silent gives no error, and whoever waits would wait for ever. None unless given.
   */
  readonly answerTimeoutMs?: number;
  /** Whether changes made over these connections are told to Kafka (ADR 7). */
  readonly outbox?: boolean;
  /** A connection broke, idle or in use. The pool replaces it; this is for the log. */
  readonly onConnectionError?: (error: Error) => void;
}

/** A transaction left open holds locks and keeps dead rows alive. */
const IDLE_IN_TRANSACTION_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The owner of one pool of connections, not connected yet (`initialize()`). TypeORM gives the pool
 * and the migrations; hot paths take plain clients from `poolOf`.
 */
export function createDataSource(options: DataSourceOptions): DataSource {
  const onError = options.onConnectionError ?? (() => undefined);
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: `amends-${options.role}`,
    poolSize: options.poolMax,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: onError,
    installExtensions: false,
    migrations,
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'each',
    extra: {
      types: typeParsers,
      // Statements that need not wait for each other's answers go out together.
      pipeline: true,
      options: sessionOptions(options),
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      ...(options.answerTimeoutMs !== undefined && { query_timeout: options.answerTimeoutMs }),
      ...(options.statementTimeoutMs !== undefined && {
        statement_timeout: options.statementTimeoutMs,
      }),
    },
  });
}

/** At the start of each session, so that `reset role` leads back here and not to the user. */
function sessionOptions({ outbox, as }: DataSourceOptions): string {
  const options = `-c timezone=UTC -c amends.outbox=${outbox === true ? 'on' : 'off'}`;
  return as === undefined ? options : `${options} -c role=${roleName(as)}`;
}

/** The pool of an initialized data source, with a listener on every client it hands out. */
export async function openPool(
  dataSource: DataSource,
  onConnectionError: (error: Error) => void = () => undefined,
): Promise<Pool> {
  if (!dataSource.isInitialized) await dataSource.initialize();
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  const watched = new WeakSet<PoolClient>();
  // Without a listener a connection that breaks while a client is checked out ends the process.
  pool.on('acquire', (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    client.on('error', onConnectionError);
  });
  return pool;
}
