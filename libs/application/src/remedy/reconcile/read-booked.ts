import type { Sql } from '../../queries/sql';
import type { AttemptState } from '../payout/attempt-rows';
import type { BookedPayout } from './compare-payouts';

interface Row {
  idem_key: string;
  compensation_id: string;
  amount_minor: bigint;
  currency: string;
  state: AttemptState;
  ripe: boolean;
}

export type BookedFilter = { readonly ripeBeforeMs: number } & (
  { readonly fromMs: number; readonly toMs: number } | { readonly keys: readonly string[] }
);

/** Attempts at a provider: all of a time, with whatever is still open from before; or those of keys. */
export async function readBooked(
  sql: Sql,
  provider: string,
  filter: BookedFilter,
): Promise<BookedPayout[]> {
  const ripeBefore = new Date(filter.ripeBeforeMs);
  const [condition, values] =
    'keys' in filter
      ? ['idem_key = any($3)', [filter.keys]]
      : [
          `first_sent_at >= $3 and first_sent_at < $4`,
          [new Date(filter.fromMs), new Date(filter.toMs)],
        ];
  const { rows } = await sql.query<Row>(
    `select idem_key, compensation_id, amount_minor, currency, state,
       first_sent_at < $2 as ripe
     from payment_attempt where provider = $1 and ${condition} order by first_sent_at, id`,
    [provider, ripeBefore, ...values],
  );
  return rows.map((row) => ({
    key: row.idem_key,
    compensationId: row.compensation_id,
    money: { minor: row.amount_minor, currency: row.currency },
    state: row.state,
    isRipe: row.ripe,
  }));
}

/** Those of some keys that are ours, whichever provider they went to. */
export async function readKeys(sql: Sql, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ key: string }>(
    'select idem_key as key from payment_attempt where idem_key = any($1)',
    [keys],
  );
  return rows.map(({ key }) => key);
}
