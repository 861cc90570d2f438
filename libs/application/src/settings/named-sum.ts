import { parseMoneyLiteral, type Money, type MoneyJson } from '@amends/domain';

/** The sum that a list of the settings names for a currency; undefined: it names none. */
export function namedSum(list: readonly MoneyJson[], currency: string): Money | undefined {
  const named = list.find((one) => one.currency === currency);
  return named && sumOf(named);
}

/** A sum of the settings. What can be none any more, since its currency has fewer digits by now, bounds to nothing. */
export function sumOf({ value, currency }: MoneyJson): Money {
  const literal = parseMoneyLiteral(`${value} ${currency}`);
  return literal.ok ? literal.money : { minor: 0n, currency };
}
