import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- who was seen with the same payment, address or whatever the settings name: only hashes are kept
create table customer_link (
  value_hash bytea not null, customer_id text not null, seen_at timestamptz not null default now(),
  primary key (value_hash, customer_id)
);
create index customer_link_customer on customer_link (customer_id);
`;

export class AbuseSignals1764000000044 implements MigrationInterface {
  readonly name = 'AbuseSignals1764000000044';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table customer_link');
  }
}
