import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- what differs between our books and those of a provider, as reconciliation found it
create table payout_difference (
  provider text not null, key text not null,
  kind text not null check (kind in ('missing_there','missing_here','other_amount','other_currency','doubled','failed_there')),
  compensation_id text references compensation, provider_ref text, ours text, theirs text,
  first_seen_at timestamptz not null default now(), last_seen_at timestamptz not null default now(), ended_at timestamptz,
  primary key (provider, key, kind)
);
create index payout_difference_open on payout_difference (provider) where ended_at is null;

-- how far each provider has been reconciled, and who is at it
create table payout_reconcile (
  provider text primary key, through timestamptz, claimed_until timestamptz not null default now()
);
create index payment_attempt_sent on payment_attempt (provider, first_sent_at);
`;

export class PayoutReconcile1764000000021 implements MigrationInterface {
  readonly name = 'PayoutReconcile1764000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop index payment_attempt_sent; drop table payout_difference, payout_reconcile',
    );
  }
}
