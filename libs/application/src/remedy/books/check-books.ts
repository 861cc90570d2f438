import type { Database } from '../../queries/sql';
import type { RemedyObserver } from '../remedy-observer';

/** A total that is kept beside the ledger and is not what the ledger says. */
export interface BookDifference {
  readonly book: 'wallet' | 'budget' | 'account' | 'posting';
  /** Whose: a customer, a budget, an account or a posting; with the currency. */
  readonly about: string;
  readonly kept: bigint;
  readonly ledger: bigint;
}

interface Row {
  book: BookDifference['book'];
  about: string;
  kept: bigint;
  ledger: bigint;
}

const SHOWN_MAX = 100;

/**
 * Wallets, budgets, and what payouts owe to accounts, told anew from the ledger's entries in one
 * snapshot. Reads the whole ledger: for once an hour, not for a request.
 */
const DIFFERENCES = `
with wallet as (
    select substr(account, 8) || ' ' || currency as about, sum(amount_minor) as minor
    from ledger_entry where account like 'wallet:%' group by account, currency),
  kept_wallet as (
    select customer_id || ' ' || currency as about, balance_minor as minor from wallet_balance),
  budget_spent as (
    select c.budget_id as about, sum(e.amount_minor) as minor
    from budget b join compensation c on c.budget_id = b.id and c.budget_period = b.period_key
      and c.state = 'settled'
    join ledger_tx t on t.compensation_id = c.id and t.round = c.round and t.kind = 'settle'
    join ledger_entry e on e.tx_id = t.id and e.amount_minor > 0 group by 1),
  account as (
    select account || ' ' || currency as about, sum(amount_minor) as minor from ledger_entry
    where account not like 'wallet:%' and account <> 'expense:goodwill' group by account, currency),
  owed as (
    select case when state <> 'settled' then 'reserved:goodwill'
        when kind = 'voucher' then 'voucher:' || customer_id
        else 'provider:' || coalesce(provider, kind) end || ' ' || currency as about,
      sum(amount_minor) as minor
    from compensation
    where kind <> 'credit' and state in ('reserved', 'sending', 'unknown', 'settled') group by 1)
select * from (
  select 'wallet' as book, about, coalesce(k.minor, 0)::bigint as kept,
    coalesce(w.minor, 0)::bigint as ledger
  from kept_wallet k full join wallet w using (about)
  union all select 'budget', b.id, b.spent_minor, coalesce(s.minor, 0)::bigint
  from budget b left join budget_spent s on s.about = b.id
  union all select 'account', about, coalesce(o.minor, 0)::bigint, coalesce(a.minor, 0)::bigint
  from owed o full join account a using (about)
  union all select 'posting', tx_id, 0, sum(amount_minor)::bigint
  from ledger_entry group by tx_id, currency) d
where kept <> ledger order by book, about limit ${String(SHOWN_MAX)}`;

/** Holds every total against the ledger, and raises what differs. Changes nothing. */
export async function checkBooks(
  database: Database,
  observer: RemedyObserver,
): Promise<readonly BookDifference[]> {
  const { rows } = await database.query<Row>(DIFFERENCES);
  observer.booksChecked(rows.length);
  for (const { book, about, kept, ledger } of rows) {
    const code = `${book} ${about}: ${String(kept)} kept, ${String(ledger)} in the ledger`;
    observer.alarm('a total is not what the ledger says', { code });
  }
  return rows;
}
