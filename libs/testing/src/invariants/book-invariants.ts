import type { Invariant } from './invariant';

/** Every total that is kept beside the ledger, told anew from its entries. */
export const BOOK_INVARIANTS: readonly Invariant[] = [
  {
    id: 'W-01',
    when: 'always',
    says: 'a wallet holds what was posted to it, and is never below zero',
    sql: `with posted as (
            select substr(account, 8) as customer_id, currency, sum(amount_minor) as minor
            from ledger_entry where account like 'wallet:%' group by 1, 2)
          select coalesce(w.customer_id, p.customer_id) from wallet_balance w
          full join posted p using (customer_id, currency)
          where coalesce(w.balance_minor, 0) <> coalesce(p.minor, 0) or w.balance_minor < 0`,
  },
  {
    id: 'B-01',
    when: 'always',
    says: 'a budget has spent what the ledger says was settled in its period',
    sql: `select b.id from budget b
          where b.spent_minor <> (select coalesce(sum(e.amount_minor), 0) from compensation c
            join ledger_tx t on t.compensation_id = c.id and t.round = c.round and t.kind = 'settle'
            join ledger_entry e on e.tx_id = t.id and e.amount_minor > 0
            where c.budget_id = b.id and c.state = 'settled' and c.budget_period = b.period_key)`,
  },
  {
    id: 'P-01',
    when: 'always',
    says: 'on the account of a provider, and on that of what is set aside, stands what payouts say',
    sql: `with booked as (
            select account, currency::text, sum(amount_minor) as minor from ledger_entry
            where account not like 'wallet:%' and account <> 'expense:goodwill' group by 1, 2),
          owed as (
            select case when state <> 'settled' then 'reserved:goodwill'
                when kind = 'voucher' then 'voucher:' || customer_id
                else 'provider:' || coalesce(provider, kind) end as account,
              currency::text, sum(amount_minor) as minor from compensation
            where kind <> 'credit' and state in ('reserved', 'sending', 'unknown', 'settled')
            group by 1, 2)
          select coalesce(b.account, o.account) from booked b full join owed o using (account, currency)
          where coalesce(b.minor, 0) <> coalesce(o.minor, 0)`,
  },
];
