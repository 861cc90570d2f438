import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { DatabaseRole } from '../roles/database-role';
import { createDataSource, openPool } from './data-source';

export interface PoolsOptions {
  readonly url: string;
  /** Connections at most, per role: `{ api: 10, detector: 4 }`. */
  readonly sizes: Readonly<Record<string, number>>;
  /** As whom each of them works, by the same names (`takeRoles`); unless given, as the user of the address. */
  readonly as?: Readonly<Record<string, DatabaseRole>> | undefined;
  readonly statementTimeoutMs?: number;
  /** A statement without an answer for so long is given up, and its connection with it; a minute unless given. */
  readonly answerTimeoutMs?: number;
  /** Whether changes made over these connections are told to Kafka; not, unless given. */
  readonly outbox?: boolean;
  readonly onConnectionError?: (role: string, error: Error) => void;
}

/** Longer than any lock is waited for: a transaction that idles is ended by the server before. */
const ANSWER_TIMEOUT_MS = 65_000;

/**
 * One pool per role, so that a flood in one part of a process (ingest, say) never takes the
 * connections of another (the kill switch).
 */
export class Pools {
  private constructor(private readonly members: ReadonlyMap<string, Member>) {}

  /** Connects every pool once; throws when the database cannot be reached. */
  static async open(options: PoolsOptions): Promise<Pools> {
    const members = new Map<string, Member>();
    const pools = new Pools(members);
    try {
      for (const [role, poolMax] of Object.entries(options.sizes)) {
        members.set(role, await openMember(options, role, poolMax));
      }
    } catch (error) {
      await pools.close();
      throw error;
    }
    return pools;
  }

  get roles(): readonly string[] {
    return [...this.members.keys()];
  }

  /** Throws when no pool of this role was asked for: a mistake in the composition. */
  get(role: string): Pool {
    return this.member(role).pool;
  }

  dataSource(role: string): DataSource {
    return this.member(role).dataSource;
  }

  /** Waits for clients that are checked out. Call it last, when every worker has drained. */
  async close(): Promise<void> {
    await Promise.all([...this.members.values()].map(({ dataSource }) => dataSource.destroy()));
  }

  private member(role: string): Member {
    const member = this.members.get(role);
    if (member === undefined) throw new Error(`there is no connection pool "${role}"`);
    return member;
  }
}

interface Member {
  readonly dataSource: DataSource;
  readonly pool: Pool;
}

async function openMember(options: PoolsOptions, role: string, poolMax: number): Promise<Member> {
  const onConnectionError = (error: Error): void => {
    options.onConnectionError?.(role, error);
  };
  const dataSource = createDataSource({
    url: options.url,
    role,
    poolMax,
    onConnectionError,
    as: options.as?.[role],
    outbox: options.outbox ?? false,
    answerTimeoutMs: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    ...(options.statementTimeoutMs !== undefined && {
      statementTimeoutMs: options.statementTimeoutMs,
    }),
  });
  return { dataSource, pool: await openPool(dataSource, onConnectionError) };
}
