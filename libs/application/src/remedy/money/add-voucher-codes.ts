import { formatMoney, parseInstant, parseMoneyLiteral, type Money } from '@amends/domain';
import type { Database, Sql } from '../../queries/sql';
import { insertAudit } from '../store/audit-rows';

export interface VoucherCodesInput {
  /** A short name: `[a-z0-9-]`. */
  readonly pool: string;
  /** For vouchers of that brand alone; null: of every brand without a pool of its own. */
  readonly brand: string | null;
  /** For vouchers that come with that message alone; null: with any. */
  readonly template: string | null;
  /** `code,5.00 EUR[,2026-12-31T23:59:59Z]`, one a line. */
  readonly lines: readonly string[];
  readonly by: string;
}

export interface VoucherCodesAdded {
  readonly added: number;
  /** Were there before, in this pool or another. */
  readonly known: number;
}

interface GivenCode {
  readonly code: string;
  readonly money: Money;
  readonly expiresAtMs: number | null;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const CODE = /^[\x21-\x2b\x2d-\x7e]{1,64}$/;
const PROBLEMS_MAX = 10;

/** Takes codes that a shop has made: vouchers of that brand and template get them, and no made ones. */
export class AddVoucherCodes {
  constructor(private readonly database: Database) {}

  /** All or none. Throws with every line that is wrong, by its number and never by its code. */
  async execute(input: VoucherCodesInput): Promise<VoucherCodesAdded> {
    if (!NAME.test(input.pool)) throw new Error('a pool is named by a-z, 0-9 and -');
    const codes = readCodes(input.lines);
    return this.database.transaction((sql) => add(sql, input, codes));
  }
}

function readCodes(lines: readonly string[]): GivenCode[] {
  const problems: string[] = [];
  const codes = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = readCode(line);
    if (typeof read !== 'string') return [read];
    problems.push(`line ${String(index + 1)} ${read}`);
    return [];
  });
  if (problems.length > 0) throw new Error(problems.slice(0, PROBLEMS_MAX).join('; '));
  // A pool without codes would send every voucher it is for to a person.
  if (codes.length === 0) throw new Error('there is no code in the file');
  return codes;
}

function readCode(line: string): GivenCode | string {
  const [code = '', sum = '', expires = '', ...rest] = line.split(',').map((part) => part.trim());
  if (rest.length > 0) return 'has more than code, sum and expiry';
  if (!CODE.test(code)) return 'needs a code of up to 64 visible ASCII characters';
  const literal = parseMoneyLiteral(sum);
  if (!literal.ok || literal.money.minor <= 0n) return 'needs a sum such as 5.00 EUR';
  const expiresAtMs = expires === '' ? null : parseInstant(expires);
  if (expiresAtMs === undefined) return 'needs an expiry such as 2026-12-31T23:59:59Z, or none';
  return { code, money: literal.money, expiresAtMs };
}

async function add(
  sql: Sql,
  { pool, brand, template, by }: VoucherCodesInput,
  codes: readonly GivenCode[],
): Promise<VoucherCodesAdded> {
  await requireTemplate(sql, template);
  await sql.query(
    'insert into voucher_pool (id, brand, template) values ($1, $2, $3) on conflict do nothing',
    [pool, brand, template],
  );
  const { rows } = await sql.query<{ id: string; same: boolean }>(
    `select id, brand is not distinct from $2 and template is not distinct from $3 as same
     from voucher_pool
     where id = $1 or (brand is not distinct from $2 and template is not distinct from $3)`,
    [pool, brand, template],
  );
  const known = rows.find(({ id }) => id === pool);
  if (known === undefined) {
    throw new Error(
      `the pool of that brand and template is ${String(rows[0]?.id)}: add the codes to it`,
    );
  }
  if (!known.same) throw new Error(`${pool} is there, for another brand or template`);
  const { rowCount } = await sql.query(
    `insert into voucher_code (code, pool, amount_minor, currency, expires_at)
     select code, $1, minor, currency, to_timestamp(expires_ms / 1000)
     from unnest($2::text[], $3::bigint[], $4::text[], $5::float8[])
       as c(code, minor, currency, expires_ms)
     on conflict (code) do nothing`,
    [
      pool,
      codes.map(({ code }) => code),
      codes.map(({ money }) => money.minor),
      codes.map(({ money }) => money.currency),
      codes.map(({ expiresAtMs }) => expiresAtMs),
    ],
  );
  const added = rowCount ?? 0;
  await insertAudit(sql, [
    {
      author: { kind: 'user', id: by, requestId: null },
      action: 'voucher_pool.add',
      object: `voucher_pool:${pool}`,
      after: { added, known: codes.length - added, sums: sumsOf(codes) },
    },
  ]);
  return { added, known: codes.length - added };
}

async function requireTemplate(sql: Sql, template: string | null): Promise<void> {
  if (template === null) return;
  const { rows } = await sql.query('select 1 from template where id = $1', [template]);
  if (rows.length === 0) throw new Error(`there is no template "${template}"`);
}

function sumsOf(codes: readonly GivenCode[]): string[] {
  return [...new Set(codes.map(({ money }) => formatMoney(money)))];
}
