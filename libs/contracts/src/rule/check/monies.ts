import { parseMoneyLiteral, type Money } from '@amends/domain';
import type { PayDraft } from './rule-draft';

export type MoniesDraft = string | readonly (string | undefined)[] | undefined;

/** The sums of one money or a list, by currency. */
export function byCurrency(monies: MoniesDraft): ReadonlyMap<string, Money> {
  const sums = new Map<string, Money>();
  for (const text of typeof monies === 'string' ? [monies] : (monies ?? [])) {
    const literal = text === undefined ? undefined : parseMoneyLiteral(text);
    if (literal?.ok) sums.set(literal.money.currency, literal.money);
  }
  return sums;
}

/** The currencies that a rule pays in; undefined where the events say. */
export function paidCurrencies(amount: PayDraft['amount']): ReadonlySet<string> | undefined {
  if (amount === undefined || 'percent' in amount) return undefined;
  if ('fixed' in amount) return new Set(byCurrency(amount.fixed).keys());
  const currencies = new Set<string>();
  for (const step of ('steps' in amount ? amount.steps : undefined) ?? []) {
    if (step === undefined || !('pay' in step)) return undefined;
    for (const currency of byCurrency(step.pay).keys()) currencies.add(currency);
  }
  return currencies;
}

/** The currencies that are paid and that `monies` does not speak of. */
export function uncovered(paid: ReadonlySet<string>, monies: MoniesDraft): readonly string[] {
  const sums = byCurrency(monies);
  return sums.size === 0 ? [] : [...paid].filter((currency) => !sums.has(currency));
}
