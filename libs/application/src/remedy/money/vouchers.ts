import type { Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { insertRows } from '../store/insert-rows';

export interface Voucher {
  readonly code: string;
  readonly compensationId: string;
  readonly customerId: string;
  readonly money: Money;
  /** Null: as long as whoever made the code says. */
  readonly expiresAtMs: number | null;
}

export async function issueVouchers(sql: Sql, vouchers: readonly Voucher[]): Promise<void> {
  await insertRows(
    sql,
    'voucher',
    {
      code: 'text',
      compensation_id: 'text',
      customer_id: 'text',
      amount_minor: 'bigint',
      currency: 'text',
      expires_at: 'timestamptz',
    },
    vouchers.map(({ code, compensationId, customerId, money, expiresAtMs }) => ({
      code,
      compensation_id: compensationId,
      customer_id: customerId,
      amount_minor: money.minor,
      currency: money.currency,
      expires_at: expiresAtMs === null ? null : new Date(expiresAtMs),
    })),
  );
}

export async function voidVoucher(sql: Sql, compensationId: string): Promise<void> {
  await sql.query(
    'update voucher set voided_at = now() where compensation_id = $1 and voided_at is null',
    [compensationId],
  );
}
