import { parseMoneyLiteral, type Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { Settings } from '../../settings/settings-document';
import { TotalMoved } from '../money/total-moved';
import { isAmple, sumsOf, type Wanted } from '../money/wanted';
import { announce } from '../notices/announce';

/** Held because no more may leave today. */
export const DAILY_CEILING = 'daily-ceiling';

interface Ceiling {
  readonly currency: string;
  readonly limitMinor: bigint;
  readonly day: string;
  /** What had left when it was looked at, and what this transaction adds. */
  readonly movedMinor: bigint;
  addedMinor: bigint;
  isReached: boolean;
}

interface Row {
  readonly day: string;
  readonly currency: string;
  readonly moved_minor: bigint;
}

/**
 * The most that may leave in a day (UTC, by the database's clock), whatever rules, limits, budgets
 * and people say: looked at where money leaves, and nowhere else. What has left counts even if it
 * fails afterwards; what no longer fits waits, held, for the next day or a higher ceiling.
 */
export class ExitCeilings {
  private constructor(
    private readonly byCurrency: ReadonlyMap<string, Ceiling>,
    private readonly isLocked: boolean,
  ) {}

  /** Locks today's rows of the currencies that have a ceiling; after budgets, before the ledger. */
  static async lock(
    sql: Sql,
    settings: Pick<Settings, 'daily_ceilings'>,
    currencies: Iterable<string>,
  ): Promise<ExitCeilings> {
    const limits = limitsOf(settings, new Set(currencies));
    if (limits.size === 0) return new ExitCeilings(new Map(), true);
    const names = [...limits.keys()].sort();
    await sql.query(
      `insert into exit_day (day, brand, currency)
       select (clock_timestamp() at time zone 'UTC')::date, '', c.currency
       from unnest($1::text[]) with ordinality as c(currency, n) order by c.n
       on conflict do nothing`,
      [names],
    );
    // At midnight the row made above may be yesterday's: whichever is the newest is counted in.
    const { rows } = await sql.query<Row>(`${NEWEST} ${IN_ORDER} for update of e`, [names]);
    return new ExitCeilings(toCeilings(rows, limits), true);
  }

  /**
   * Only looked at, as `Budgets.look`. Undefined unless each that there is has ample room for what is
   * wanted, and its row of today.
   */
  static async look(
    sql: Sql,
    settings: Pick<Settings, 'daily_ceilings'>,
    wanted: readonly Wanted[],
  ): Promise<ExitCeilings | undefined> {
    const sums = sumsOf(wanted);
    const limits = limitsOf(settings, new Set(sums.keys()));
    if (limits.size === 0) return new ExitCeilings(new Map(), false);
    const { rows } = await sql.query<Row>(
      `${NEWEST} and e.day = (clock_timestamp() at time zone 'UTC')::date ${IN_ORDER}`,
      [[...limits.keys()]],
    );
    const ceilings = toCeilings(rows, limits);
    const isSure = [...limits].every(([currency, limitMinor]) => {
      const ceiling = ceilings.get(currency);
      return ceiling && isAmple(limitMinor - ceiling.movedMinor, sums.get(currency) ?? 0n);
    });
    return isSure ? new ExitCeilings(ceilings, false) : undefined;
  }

  /** Whether a sum may still leave today. */
  hasRoom({ currency, minor }: Money): boolean {
    const ceiling = this.byCurrency.get(currency);
    return !ceiling || ceiling.movedMinor + ceiling.addedMinor + minor <= ceiling.limitMinor;
  }

  /** Counts a sum that leaves now; false: it would pass the ceiling, and must not leave. */
  take(money: Money): boolean {
    const ceiling = this.byCurrency.get(money.currency);
    if (!ceiling) return true;
    if (!this.hasRoom(money)) {
      if (!this.isLocked) throw new TotalMoved(nameOf(ceiling));
      ceiling.isReached = true;
      return false;
    }
    ceiling.addedMinor += money.minor;
    return true;
  }

  /** Throws, and so undoes the transaction, should a ceiling be passed after all. */
  async write(sql: Sql): Promise<void> {
    for (const ceiling of this.byCurrency.values()) {
      const { currency, day, addedMinor, limitMinor } = ceiling;
      if (addedMinor === 0n) continue;
      const { rowCount } = await sql.query(
        `update exit_day e set moved_minor = moved_minor + $3
         where day = $1 and brand = '' and currency = $2 and moved_minor + $3::bigint <= $4::bigint
           and ($5 or not exists (select 1 from exit_day l
             where l.brand = e.brand and l.currency = e.currency and l.day > e.day))`,
        [day, currency, addedMinor, limitMinor, this.isLocked],
      );
      if (rowCount === 1) continue;
      if (!this.isLocked) throw new TotalMoved(nameOf(ceiling));
      throw new Error(`${nameOf(ceiling)} would be passed`);
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

/** The newest rows of some currencies. */
const NEWEST = `
  select e.day::text as day, e.currency::text as currency, e.moved_minor from exit_day e
  where e.brand = '' and e.currency::text = any($1)
    and e.day = (select max(l.day) from exit_day l where l.brand = '' and l.currency = e.currency)`;
/** In which they are locked and written everywhere. */
const IN_ORDER = 'order by e.currency';

function limitsOf(
  settings: Pick<Settings, 'daily_ceilings'>,
  currencies: ReadonlySet<string>,
): Map<string, bigint> {
  const wanted = settings.daily_ceilings.filter(({ currency }) => currencies.has(currency));
  return new Map(wanted.map((ceiling) => [ceiling.currency, minorOf(ceiling)]));
}

function toCeilings(
  rows: readonly Row[],
  limits: ReadonlyMap<string, bigint>,
): Map<string, Ceiling> {
  return new Map(
    rows.map(({ day, currency, moved_minor: movedMinor }) => [
      currency,
      {
        currency,
        day,
        movedMinor,
        limitMinor: limits.get(currency) ?? 0n,
        addedMinor: 0n,
        isReached: false,
      },
    ]),
  );
}

function nameOf({ currency }: Ceiling): string {
  return `the daily ceiling of ${currency}`;
}

function minorOf({ value, currency }: { value: string; currency: string }): bigint {
  const literal = parseMoneyLiteral(`${value} ${currency}`);
  return literal.ok ? literal.money.minor : 0n;
}
