import type { Sql } from '../../queries/sql';
import type { Remedy } from '../remedy';
import { lockCompensation } from '../store/compensation-rows';
import type { RawHook } from './payout-provider';

export type HookTaken =
  | 'no_such_provider'
  | 'not_signed'
  /** Signed, and about nothing that we have sent. */
  | 'other'
  /** Came before. */
  | 'known'
  | 'taken';

/**
 * A provider's word that something has become of a payout. It is a hint and never believed: it makes
 * the payer fetch how it stands, by our own credentials (RELIABILITY.md, section 2, T16). So hooks may
 * come twice, late, in any order or never.
 */
export class TakePayoutHook {
  constructor(private readonly remedy: Pick<Remedy, 'database' | 'providers' | 'wake'>) {}

  async execute(name: string, hook: RawHook): Promise<HookTaken> {
    const { database, providers, wake } = this.remedy;
    const provider = providers.named(name);
    if (!provider) return 'no_such_provider';
    const verdict = provider.readHook(hook);
    if (verdict.kind !== 'about') return verdict.kind;
    const { id, key, providerRef } = verdict;
    const taken = await database.transaction((sql) => take(sql, name, { id, key, providerRef }));
    if (taken === 'taken') wake.signal('payouts');
    return taken;
  }
}

async function take(
  sql: Sql,
  provider: string,
  { id, key, providerRef }: { id: string; key: string | null; providerRef: string | null },
): Promise<HookTaken> {
  const { rows } = await sql.query<{ id: string; compensation_id: string }>(
    `select id, compensation_id from payment_attempt
     where provider = $1 and (idem_key = $2 or provider_ref = $3) limit 1`,
    [provider, key, providerRef],
  );
  const [attempt] = rows;
  if (!attempt) return 'other';
  const { rowCount } = await sql.query(
    `insert into payout_hook (provider, id, attempt_id) values ($1, $2, $3) on conflict do nothing`,
    [provider, id, attempt.id],
  );
  if (rowCount === 0) return 'known';
  const compensation = await lockCompensation(sql, attempt.compensation_id);
  await sql.query(
    `update payment_attempt set hinted_at = clock_timestamp(),
       pending = pending or state = 'succeeded',
       ask_at = case when state = 'succeeded' then clock_timestamp() else ask_at end
     where id = $1`,
    [attempt.id],
  );
  if (compensation?.state === 'unknown') {
    await sql.query('update compensation set next_attempt_at = clock_timestamp() where id = $1', [
      compensation.id,
    ]);
  }
  return 'taken';
}
