import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- how often the provider was asked since the last sending; that it let us know something by webhook
alter table payment_attempt add asks int not null default 0, add hinted_at timestamptz;

-- each provider has a lane of its own: what waits for one is not read past for another
create index compensation_due_of on compensation (provider, next_attempt_at)
  where state in ('reserved','sending','unknown');

-- what a payment has captured, as its provider says: refunds never come to more
create table payment_capture (
  provider text not null, payment text not null, amount_minor bigint not null check (amount_minor >= 0),
  currency char(3) not null, read_at timestamptz not null default now(), primary key (provider, payment)
);

-- webhooks of providers that were looked after: each once, for ever
create table payout_hook (
  provider text not null, id text not null, attempt_id text not null references payment_attempt,
  received_at timestamptz not null default now(), primary key (provider, id)
);
`;

export class PayoutCapabilities1764000000020 implements MigrationInterface {
  readonly name = 'PayoutCapabilities1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table payout_hook, payment_capture; drop index compensation_due_of; alter table payment_attempt drop asks, drop hinted_at',
    );
  }
}
