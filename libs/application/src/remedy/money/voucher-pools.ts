import { formatMoney, type Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';

/** Which codes a voucher may take. */
export interface VoucherWant {
  readonly brand: string | null;
  /** Of its message; null: it has none. */
  readonly template: string | null;
}

export type VoucherChoice =
  /** No pool is for it: a code is made. */
  | { readonly kind: 'made' }
  | { readonly kind: 'given'; readonly code: string; readonly expiresAtMs: number | null }
  | { readonly kind: 'exhausted'; readonly reason: string };

interface Pool {
  readonly id: string;
  readonly brand: string | null;
  readonly template: string | null;
}

interface Code {
  readonly code: string;
  readonly pool: string;
  readonly minor: bigint;
  readonly currency: string;
  readonly expiresAtMs: number | null;
}

/**
 * Codes that a shop has given us, in pools per brand and template. Who gives codes of a pool locks it
 * until the transaction ends, so that nobody gets the code of another, and none is left over while a
 * person is asked for more. Made by `lock`, after the budgets; asked with `choose` and `take`, written
 * with `write`.
 */
export class VoucherPools {
  private readonly taken: { readonly code: string; readonly compensationId: string }[] = [];

  private constructor(
    private readonly pools: readonly Pool[],
    private readonly codes: Code[],
  ) {}

  /** No pools at all: every code is made. */
  static none(): VoucherPools {
    return new VoucherPools([], []);
  }

  /** Reads, for each sum that a pool has, as many codes as there are wants. */
  static async lock(sql: Sql, wants: readonly VoucherWant[]): Promise<VoucherPools> {
    if (wants.length === 0) return VoucherPools.none();
    const all = await sql.query<Pool>('select id, brand, template from voucher_pool order by id');
    const chosen = new Set(wants.map((want) => poolFor(all.rows, want)?.id).filter(isThere));
    if (chosen.size === 0) return new VoucherPools(all.rows, []);
    await lockPools(sql, [...chosen].sort());
    const { rows } = await sql.query<{
      code: string;
      pool: string;
      amount_minor: bigint;
      currency: string;
      expires_at: Date | null;
    }>(
      `select v.* from (select distinct pool, currency, amount_minor from voucher_code
           where pool = any($1) and taken_at is null) s
         cross join lateral (
           select code, pool, amount_minor, currency, expires_at from voucher_code c
           where c.pool = s.pool and c.currency = s.currency and c.amount_minor = s.amount_minor
             and taken_at is null and (expires_at is null or expires_at > now() + interval '1 day')
           order by code limit $2) v`,
      [[...chosen], wants.length],
    );
    const codes = rows.map((row) => ({
      code: row.code,
      pool: row.pool,
      minor: row.amount_minor,
      currency: row.currency,
      expiresAtMs: row.expires_at?.getTime() ?? null,
    }));
    return new VoucherPools(all.rows, codes);
  }

  /** What a voucher of that sum would get now. */
  choose(want: VoucherWant, money: Money): VoucherChoice {
    const pool = poolFor(this.pools, want);
    if (!pool) return { kind: 'made' };
    const code = this.codes.find(({ pool: id, minor, currency }) => {
      return id === pool.id && minor === money.minor && currency === money.currency;
    });
    if (code) return { kind: 'given', code: code.code, expiresAtMs: code.expiresAtMs };
    const reason = `no voucher code of ${formatMoney(money)} is left in the pool ${pool.id}`;
    return { kind: 'exhausted', reason };
  }

  /** Why a compensation cannot have its code; undefined: it can, or needs none. */
  missing(
    { kind, brand, money }: Pick<Compensation, 'kind' | 'brand' | 'money'>,
    template: string | null,
  ): string | undefined {
    if (kind !== 'voucher') return undefined;
    const choice = this.choose({ brand, template }, money);
    return choice.kind === 'exhausted' ? choice.reason : undefined;
  }

  /** Gives the code to a compensation, which has to be written before `write`. */
  take(code: string, compensationId: string): void {
    const index = this.codes.findIndex((one) => one.code === code);
    if (index === -1) throw new Error('a code is taken that was not read');
    this.codes.splice(index, 1);
    this.taken.push({ code, compensationId });
  }

  async write(sql: Sql): Promise<void> {
    if (this.taken.length === 0) return;
    await sql.query(
      `update voucher_code v set compensation_id = t.id, taken_at = now()
       from unnest($1::text[], $2::text[]) as t(code, id) where v.code = t.code`,
      [this.taken.map(({ code }) => code), this.taken.map((one) => one.compensationId)],
    );
  }
}

/** In a statement of its own: the next one sees what those before have taken. */
async function lockPools(sql: Sql, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`voucher:${id}`]);
  }
}

/** The pool that names the most of what the voucher is for. */
function poolFor(pools: readonly Pool[], { brand, template }: VoucherWant): Pool | undefined {
  const fitting = pools.filter(
    (pool) =>
      (pool.brand === null || pool.brand === brand) &&
      (pool.template === null || pool.template === template),
  );
  const rank = (pool: Pool) => (pool.brand === null ? 0 : 2) + (pool.template === null ? 0 : 1);
  return [...fitting].sort((a, b) => rank(b) - rank(a))[0];
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
