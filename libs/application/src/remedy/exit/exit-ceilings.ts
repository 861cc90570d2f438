import type { MoneyJson } from '@amends/domain';
import { inStep } from '../../queries/in-step';
import type { Sql } from '../../queries/sql';
import { sumOf } from '../../settings/named-sum';
import type { Settings } from '../../settings/settings-document';
import { TotalMoved } from '../money/total-moved';
import { isAmple, type BrandedSum, type Wanted } from '../money/wanted';
import { announce, type Notice } from '../notices/announce';
import { isOverItemCap, ITEM_CAP } from './item-cap';

/** Held because no more may leave today. */
export const DAILY_CEILING = 'daily-ceiling';

export type HeldAtExit = typeof DAILY_CEILING | typeof ITEM_CAP;

/** What ceilings are set by. */
export type CeilingSettings = Pick<Settings, 'daily_ceilings' | 'brands' | 'item_caps'>;

interface Ceiling {
  /** '': of all brands together. */
  readonly brand: string;
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
  readonly brand: string;
  readonly currency: string;
  readonly moved_minor: bigint;
}

/**
 * The most that may leave in a day (UTC, by the database's clock), whatever rules, limits, budgets
 * and people say: looked at where money leaves, and nowhere else. A brand's own ceiling lies within
 * that of the account, in which all brands count. What has left counts even if it fails afterwards;
 * what no longer fits waits, held, for the next day or a higher ceiling.
 */
export class ExitCeilings {
  private constructor(
    private readonly all: readonly Ceiling[],
    private readonly settings: Pick<Settings, 'item_caps'>,
    private readonly isLocked: boolean,
  ) {}

  /** Locks today's rows of the ceilings that payouts have; after budgets, before the ledger. */
  static async lock(
    sql: Sql,
    settings: CeilingSettings,
    payouts: readonly BrandedSum[],
  ): Promise<ExitCeilings> {
    const limits = limitsOf(settings, payouts);
    if (limits.length === 0) return new ExitCeilings([], settings, true);
    await sql.query(
      `insert into exit_day (day, brand, currency)
       select (clock_timestamp() at time zone 'UTC')::date, c.brand, c.currency
       from unnest($1::text[], $2::text[]) as c(brand, currency) order by 2, 3
       on conflict do nothing`,
      columnsOf(limits),
    );
    // At midnight the row made above may be yesterday's: whichever is the newest is counted in.
    const { rows } = await sql.query<Row>(
      `${NEWEST} ${IN_ORDER} for update of e`,
      columnsOf(limits),
    );
    return new ExitCeilings(toCeilings(rows, limits), settings, true);
  }

  /**
   * Only looked at, as `Budgets.look`. Undefined unless each that there is has ample room for what is
   * wanted, and its row of today.
   */
  static async look(
    sql: Sql,
    settings: CeilingSettings,
    wanted: readonly Wanted[],
  ): Promise<ExitCeilings | undefined> {
    const limits = limitsOf(settings, wanted);
    if (limits.length === 0) return new ExitCeilings([], settings, false);
    const { rows } = await sql.query<Row>(
      `${NEWEST} and e.day = (clock_timestamp() at time zone 'UTC')::date ${IN_ORDER}`,
      columnsOf(limits),
    );
    const all = toCeilings(rows, limits);
    const isSure =
      all.length === limits.length &&
      all.every((ceiling) => {
        const own = wanted.filter((sum) => isOver(ceiling, sum));
        return isAmple(ceiling.limitMinor - ceiling.movedMinor, own);
      });
    return isSure ? new ExitCeilings(all, settings, false) : undefined;
  }

  /** Whether there is a ceiling at all for what it was made for. */
  get isAny(): boolean {
    return this.all.length > 0;
  }

  /** Counts a sum that leaves now; else by what it is held, and must not leave. */
  take(sum: BrandedSum): HeldAtExit | undefined {
    if (isOverItemCap(this.settings, sum.money)) return ITEM_CAP;
    const { minor } = sum.money;
    const own = this.all.filter((ceiling) => isOver(ceiling, sum));
    const passed = own.filter(
      ({ movedMinor, addedMinor, limitMinor }) => movedMinor + addedMinor + minor > limitMinor,
    );
    for (const ceiling of passed) {
      if (!this.isLocked) throw new TotalMoved(nameOf(ceiling));
      ceiling.isReached = true;
    }
    if (passed.length > 0) return DAILY_CEILING;
    for (const ceiling of own) ceiling.addedMinor += minor;
    return undefined;
  }

  /** As `Budgets.write`: all updates are sent, in order, before this returns. */
  async write(sql: Sql): Promise<void> {
    const changed = this.all.filter(({ addedMinor }) => addedMinor !== 0n);
    await inStep(...changed.map((ceiling) => this.addToRow(sql, ceiling)));
    await announce(sql, this.all.filter(({ isReached }) => isReached).map(toNotice));
  }

  private async addToRow(sql: Sql, ceiling: Ceiling): Promise<void> {
    const { brand, currency, day, addedMinor, limitMinor } = ceiling;
    const { rowCount } = await sql.query(
      `update exit_day e set moved_minor = moved_minor + $4
       where day = $1 and brand = $2 and currency = $3 and moved_minor + $4::bigint <= $5::bigint
         and ($6 or not exists (select 1 from exit_day l
           where l.brand = e.brand and l.currency = e.currency and l.day > e.day))`,
      [day, brand, currency, addedMinor, limitMinor, this.isLocked],
    );
    if (rowCount === 1) return;
    if (!this.isLocked) throw new TotalMoved(nameOf(ceiling));
    throw new Error(`${nameOf(ceiling)} would be passed`);
  }
}

/** The newest rows of some brands and currencies. */
const NEWEST = `
  select e.day::text as day, e.brand, e.currency::text as currency, e.moved_minor
  from unnest($1::text[], $2::text[]) as c(brand, currency)
  join exit_day e on e.brand = c.brand and e.currency::text = c.currency
  where e.day = (select max(l.day) from exit_day l
    where l.brand = e.brand and l.currency = e.currency)`;
/** In which they are locked and written everywhere. */
const IN_ORDER = 'order by e.brand, e.currency';

type Limit = Pick<Ceiling, 'brand' | 'currency' | 'limitMinor'>;

/** The ceilings that some payouts come under. */
function limitsOf(settings: CeilingSettings, payouts: readonly BrandedSum[]): Limit[] {
  const all = [
    ...settings.daily_ceilings.map((ceiling) => toLimit('', ceiling)),
    ...Object.entries(settings.brands).flatMap(([brand, { daily_ceilings: own = [] }]) =>
      own.map((ceiling) => toLimit(brand, ceiling)),
    ),
  ];
  return all.filter((limit) => payouts.some((sum) => isOver(limit, sum)));
}

function toLimit(brand: string, ceiling: MoneyJson): Limit {
  const { minor: limitMinor, currency } = sumOf(ceiling);
  return { brand, currency, limitMinor };
}

function isOver(limit: Pick<Limit, 'brand' | 'currency'>, { brand, money }: BrandedSum): boolean {
  return limit.currency === money.currency && (limit.brand === '' || limit.brand === brand);
}

function columnsOf(limits: readonly Limit[]): [string[], string[]] {
  return [limits.map(({ brand }) => brand), limits.map(({ currency }) => currency)];
}

function toCeilings(rows: readonly Row[], limits: readonly Limit[]): Ceiling[] {
  return rows.flatMap(({ day, brand, currency, moved_minor: movedMinor }) =>
    limits
      .filter((limit) => limit.brand === brand && limit.currency === currency)
      .map((limit) => ({ ...limit, day, movedMinor, addedMinor: 0n, isReached: false })),
  );
}

function toNotice({ brand, currency, day, limitMinor }: Ceiling): Notice {
  const name = brand === '' ? currency : `${brand}:${currency}`;
  return {
    kind: 'ceiling.reached',
    about: `ceiling:${name}`,
    occasion: `ceiling:${name}:${day}`,
    detail: {
      day,
      ...(brand !== '' && { brand }),
      limit_minor: limitMinor.toString(),
      currency,
    },
  };
}

function nameOf({ brand, currency }: Ceiling): string {
  return brand === ''
    ? `the daily ceiling of ${currency}`
    : `the daily ceiling of ${brand}, ${currency}`;
}
