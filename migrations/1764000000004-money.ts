import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table compensation (
  id text primary key, incident_id text references incident, unit int not null default 0,
  customer_id text not null, rule_id text, rule_version int, brand text,
  kind text not null check (kind in ('refund','credit','voucher','replacement')),
  amount_minor bigint not null check (amount_minor > 0), currency char(3) not null,
  state text not null check (state in ('proposed','awaiting_approval','held','reserved','sending','unknown',
    'settled','failed','withdrawn','rejected','reversed')),
  payment text, order_id text, reason text, template text, proposed_by text not null,
  needs_approval boolean not null default false, content_hash text not null,
  budget_id text, provider text, provider_ref text, arrives text, voucher_code text,
  -- a hold's id, or the word for what it waits for (no-provider)
  held_by text, next_attempt_at timestamptz, failure text,
  -- the period of the budget it was spent in; which reservation this is (a retry reserves anew)
  budget_period text, round int not null default 1,
  incident_at timestamptz not null, reserved_at timestamptz, settled_at timestamptz,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
  revision int not null default 1
);
create unique index compensation_one_live on compensation (incident_id, unit)
  where incident_id is not null and state not in ('failed','withdrawn','rejected','reversed');
create index compensation_list on compensation (created_at desc, id desc);
create index compensation_customer on compensation (customer_id, created_at desc, id desc);
create index compensation_incident on compensation (incident_id);
create index compensation_due on compensation (next_attempt_at) where state in ('reserved','sending','unknown');
create index compensation_held on compensation (held_by, id) where state = 'held';
create index compensation_payment on compensation (payment) where payment is not null;
-- an accruing incident is paid once it is closed and its last unit settled
create index incident_paying on incident (id) where state = 'paying' and closed_at is not null;

create table budget (
  id text primary key, currency char(3) not null unique, period text not null check (period in ('day','month','ever')),
  period_key text not null default '', limit_minor bigint not null check (limit_minor >= 0),
  held_minor bigint not null default 0 check (held_minor >= 0),
  spent_minor bigint not null default 0 check (spent_minor >= 0),
  warn_at jsonb not null default '[0.8,0.95]', on_exhausted text not null default 'review' check (on_exhausted in ('review','skip')),
  revision int not null default 1, updated_at timestamptz not null default now(),
  check (held_minor + spent_minor <= limit_minor)
);

-- one guard row per (lane, scope, per, subject), locked in key order before its entries are summed
create table limit_guard (guard text primary key);
create table limit_entry (
  guard text not null, at timestamptz not null, entry_ref text not null,
  amount_minor bigint not null, currency char(3), primary key (guard, entry_ref)
);
create index limit_entry_span on limit_entry (guard, at);
create index limit_entry_ref on limit_entry (entry_ref);
-- what is counted, since when: a limit that is new to a scope finds the payouts made before it
create table limit_scope (
  lane smallint not null, scope text not null, per text not null, filled_at timestamptz not null default now(),
  primary key (lane, scope, per)
);

create table wallet_balance (
  customer_id text not null, currency char(3) not null, balance_minor bigint not null, primary key (customer_id, currency)
);
create table ledger_tx (
  id text primary key, compensation_id text references compensation,
  kind text not null check (kind in ('reserve','settle','void','reverse')), round int not null default 1,
  posted_at timestamptz not null default now(), unique (compensation_id, round, kind)
);
create table ledger_entry (
  id bigint generated always as identity primary key, tx_id text not null references ledger_tx,
  account text not null, currency char(3) not null, amount_minor bigint not null check (amount_minor <> 0)
);
create index ledger_entry_tx on ledger_entry (tx_id);
create index ledger_entry_account on ledger_entry (account, id desc);

create table voucher (
  code text primary key, compensation_id text not null unique references compensation, customer_id text not null,
  amount_minor bigint not null check (amount_minor > 0), currency char(3) not null,
  issued_at timestamptz not null default now(), expires_at timestamptz, voided_at timestamptz
);

create table payment_attempt (
  id text primary key, compensation_id text not null references compensation, attempt_no int not null,
  provider text not null, idem_key text not null unique, request_hash text not null,
  amount_minor bigint not null, currency char(3) not null,
  state text not null check (state in ('created','sent','unknown','succeeded','failed')),
  first_sent_at timestamptz, last_sent_at timestamptz, sends int not null default 0,
  key_window interval not null, send_lease_until timestamptz,
  provider_ref text, failure_proof text, last_error text,
  -- the provider said it knows no such key: proof of failure only when said again, later
  not_found_at timestamptz,
  -- accepted and not through yet, and when the provider is asked after it
  pending boolean not null default false, ask_at timestamptz,
  unique (compensation_id, attempt_no)
);
create index payment_attempt_ask on payment_attempt (ask_at) where ask_at is not null;
create index payment_attempt_sending on payment_attempt (send_lease_until) where state in ('created','sent');
create unique index payment_attempt_ref on payment_attempt (provider, provider_ref) where provider_ref is not null;

create table hold (
  id text primary key, scope jsonb not null, payments boolean not null, messages boolean not null,
  reason text not null, state text not null check (state in ('activating','active','released','expired')),
  until timestamptz, effective_at timestamptz, created_by text not null, created_at timestamptz not null default now(),
  released_by text, released_at timestamptz, release_note text,
  held_items text check (held_items in ('pay','review','drop')),
  -- everything it held has been let go
  drained_at timestamptz, revision int not null default 1
);
create index hold_open on hold (state) where state in ('activating','active');
create index hold_draining on hold (id) where state in ('released','expired') and drained_at is null;
-- every payout reads this row FOR SHARE, every hold writes it: after the hold's commit nothing new leaves
create table hold_gate (single boolean primary key default true check (single), generation bigint not null default 0);
insert into hold_gate values (true, 0);

create table approval (
  -- without a compensation: about an apology, or one unit of it
  id text primary key, compensation_id text references compensation, incident_id text, unit int not null default 0,
  state text not null check (state in ('open','approved','rejected','void')),
  reason text not null, content_hash text not null, amount_minor bigint, currency char(3),
  requested_by text not null, requested_at timestamptz not null default now(),
  decided_by text, decided_at timestamptz, note text, revision int not null default 1,
  check (decided_by is null or decided_by <> requested_by),
  check (case when compensation_id is null then incident_id is not null and amount_minor is null
    else amount_minor is not null and currency is not null end)
);
create unique index approval_one_word on approval (incident_id, unit) where state = 'open' and compensation_id is null;
create unique index approval_one_open on approval (compensation_id) where state = 'open';
create index approval_list on approval (requested_at desc, id desc);
`;

export class Money1764000000004 implements MigrationInterface {
  readonly name = 'Money1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop index incident_paying; drop table approval, hold, hold_gate, payment_attempt, voucher, ledger_entry, ledger_tx, wallet_balance, limit_scope, limit_entry, limit_guard, budget, compensation cascade`,
    );
  }
}
