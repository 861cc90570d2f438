import { Fraction } from './fraction';

/** An exact amount of one currency. */
export interface Money {
  value: Fraction;
  currency: string;
}

const withoutDecimals = ['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF'];
const withoutDecimalsToo = ['UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'];
const threeDecimals = ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'];

/** How many decimals the currency's minor unit has (ISO 4217). */
export function minorUnit(currency: string): number {
  if (threeDecimals.includes(currency)) return 3;
  return withoutDecimals.includes(currency) || withoutDecimalsToo.includes(currency) ? 0 : 2;
}

/** Money as a rule writes it: `"13.00 CNY"`. */
export function moneyInRule(text: unknown): Money | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(text);
  const value = match?.[1] === undefined ? undefined : Fraction.parse(match[1]);
  return value && match?.[2] !== undefined ? { value, currency: match[2] } : undefined;
}

/** Money as an event carries it: `{"value": "13.00", "currency": "CNY"}`; nothing else is. */
export function moneyInEvent(raw: unknown): Money | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { value, currency } = raw as { value?: unknown; currency?: unknown };
  if (typeof value !== 'string' || typeof currency !== 'string') return undefined;
  if (!/^-?\d+(\.\d+)?$/.test(value) || !/^[A-Z]{3}$/.test(currency)) return undefined;
  const parsed = Fraction.parse(value);
  return parsed ? { value: parsed, currency } : undefined;
}

/** The event form of an amount; undefined when it has no finite decimal form. */
export function moneyForEvent(money: Money): { value: string; currency: string } | undefined {
  for (let decimals = minorUnit(money.currency); decimals <= 40; decimals += 1) {
    const value = money.value.toDecimal(decimals);
    if (value !== undefined) return { value, currency: money.currency };
  }
  return undefined;
}

/** `"15.00 GBP"`, of an amount that is already rounded to the minor unit. */
export function formatMoney(money: Money): string {
  return `${money.value.toDecimal(minorUnit(money.currency))} ${money.currency}`;
}
