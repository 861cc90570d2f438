import {
  DetectStore,
  SHARED_DETECT_LOCK,
  type DetectTransactionOptions,
  type DetectTx,
} from '@amends/application';
import type { Pool } from 'pg';
import { inTransaction, sqlState } from '../database/in-transaction';
import { PgDetectTx } from './pg-detect-tx';

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
      prelude: SHARED_DETECT_LOCK,
      onRedo,
      ...(!durable && { synchronousCommit: 'off' }),
    });
  }

  /** Data exceptions (22), constraints (23) and limits (54): about a row, not about us. */
  isAboutData(error: unknown): boolean {
    return ['22', '23', '54'].includes(sqlState(error)?.slice(0, 2) ?? '');
  }
}
