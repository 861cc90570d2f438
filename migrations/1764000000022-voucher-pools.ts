import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- codes that a shop has given us; null: of every brand, of every template
create table voucher_pool (
  id text primary key, brand text, template text, created_at timestamptz not null default now(),
  unique nulls not distinct (brand, template)
);
create table voucher_code (
  code text primary key, pool text not null references voucher_pool,
  amount_minor bigint not null check (amount_minor > 0), currency char(3) not null, expires_at timestamptz,
  added_at timestamptz not null default now(),
  compensation_id text unique references compensation, taken_at timestamptz,
  check ((compensation_id is null) = (taken_at is null))
);
create index voucher_code_free on voucher_code (pool, currency, amount_minor, code) where taken_at is null;
`;

export class VoucherPools1764000000022 implements MigrationInterface {
  readonly name = 'VoucherPools1764000000022';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table voucher_code, voucher_pool');
  }
}
