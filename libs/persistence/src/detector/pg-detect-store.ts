import {
  DetectStore,
  SHARED_DETECT_LOCK,
  type DetectTransactionOptions,
  type DetectTx,
} from '@amends/application';
import type { Pool } from 'pg';
import { inTransaction, sqlState } from '../database/in-transaction';
import { PgDetectTx } from './pg-detect-tx';

/**
 * Every statement of a batch finds its rows by key. A plan is made once for a connection, when the tables may still be
 * empty and reading all of them looks cheap: it would read them whole for ever after.
 */
const BY_KEY = `select ${['seqscan', 'hashjoin', 'mergejoin']
  .map((way) => `set_config('enable_${way}', 'off', true)`)
  .join(', ')}`;

/** What the detector keeps, in PostgreSQL. */
export class PgDetectStore extends DetectStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  transaction<T>(
    work: (tx: DetectTx) => Promise<T>,
    { durable, onRedo }: DetectTransactionOptions,
  ): Promise<T> {
    return inTransaction(this.pool, (client) => work(new PgDetectTx(client)), {
      prelude: `${BY_KEY}; ${SHARED_DETECT_LOCK}`,
      onRedo,
      ...(!durable && { synchronousCommit: 'off' }),
    });
  }

  /** Data exceptions (22), constraints (23) and limits (54): about a row, not about us. */
  isAboutData(error: unknown): boolean {
    return ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');
  }
}
