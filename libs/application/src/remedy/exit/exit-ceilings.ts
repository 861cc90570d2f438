import { parseMoneyLiteral, type Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { Settings } from '../../settings/settings-document';
import { announce } from '../notices/announce';

/** Held because no more may leave today. */
export const DAILY_CEILING = 'daily-ceiling';

interface Ceiling {
  readonly currency: string;
  readonly limitMinor: bigint;
  readonly day: string;
  movedMinor: bigint;
  isChanged: boolean;
  isReached: boolean;
}

/**
 * The most that may leave in a day (UTC, by the database's clock), whatever rules, limits, budgets
 * and people say: looked at where money leaves, and nowhere else. What has left counts even if it
 * fails afterwards; what no longer fits waits, held, for the next day or a higher ceiling.
 */
export class ExitCeilings {
  private constructor(private readonly byCurrency: ReadonlyMap<string, Ceiling>) {}

  /** Locks today's rows of the currencies that have a ceiling; after budgets, before the ledger. */
  static async lock(
    sql: Sql,
    settings: Pick<Settings, 'daily_ceilings'>,
    currencies: Iterable<string>,
  ): Promise<ExitCeilings> {
    const wanted = new Set(currencies);
    const limits = new Map(
      settings.daily_ceilings
        .filter(({ currency }) => wanted.has(currency))
        .map((ceiling) => [ceiling.currency, minorOf(ceiling)] as const),
    );
    if (limits.size === 0) return new ExitCeilings(new Map());
    const names = [...limits.keys()].sort();
    await sql.query(
      `insert into exit_day (day, brand, currency)
       select (clock_timestamp() at time zone 'UTC')::date, '', c.currency
       from unnest($1::text[]) with ordinality as c(currency, n) order by c.n
       on conflict do nothing`,
      [names],
    );
    // At midnight the row made above may be yesterday's: whichever is the newest is counted in.
    const { rows } = await sql.query<{ day: string; currency: string; moved_minor: bigint }>(
      `select e.day::text as day, e.currency::text as currency, e.moved_minor from exit_day e
       where e.brand = '' and e.currency::text = any($1)
         and e.day = (select max(l.day) from exit_day l
           where l.brand = '' and l.currency = e.currency)
       order by e.currency for update of e`,
      [names],
    );
    return new ExitCeilings(
      new Map(
        rows.map(({ day, currency, moved_minor: movedMinor }) => [
          currency,
          {
            currency,
            day,
            movedMinor,
            limitMinor: limits.get(currency) ?? 0n,
            isChanged: false,
            isReached: false,
          },
        ]),
      ),
    );
  }

  /** Whether a sum may still leave today. */
  hasRoom({ currency, minor }: Money): boolean {
    const ceiling = this.byCurrency.get(currency);
    return !ceiling || ceiling.movedMinor + minor <= ceiling.limitMinor;
  }

  /** Counts a sum that leaves now; false: it would pass the ceiling, and must not leave. */
  take(money: Money): boolean {
    const ceiling = this.byCurrency.get(money.currency);
    if (!ceiling) return true;
    if (!this.hasRoom(money)) {
      ceiling.isReached = true;
      return false;
    }
    ceiling.movedMinor += money.minor;
    ceiling.isChanged = true;
    return true;
  }

  /** Throws, and so undoes the transaction, should a ceiling be passed after all. */
  async write(sql: Sql): Promise<void> {
    for (const { currency, day, movedMinor, limitMinor, isChanged } of this.byCurrency.values()) {
      if (!isChanged) continue;
      const { rowCount } = await sql.query(
        `update exit_day set moved_minor = $3
         where day = $1 and brand = '' and currency = $2 and $3::bigint <= $4::bigint`,
        [day, currency, movedMinor, limitMinor],
      );
      if (rowCount !== 1) throw new Error(`the daily ceiling of ${currency} would be passed`);
    }
    const reached = [...this.byCurrency.values()].filter(({ isReached }) => isReached);
    await announce(
      sql,
      reached.map(({ currency, day, limitMinor }) => ({
        kind: 'ceiling.reached',
        about: `ceiling:${currency}`,
        occasion: `ceiling:${currency}:${day}`,
        detail: { day, limit_minor: limitMinor.toString(), currency },
      })),
    );
  }
}

function minorOf({ value, currency }: { value: string; currency: string }): bigint {
  const literal = parseMoneyLiteral(`${value} ${currency}`);
  return literal.ok ? literal.money.minor : 0n;
}
