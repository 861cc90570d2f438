import type { Monies } from '../rule-document';
import { type Money, parseMoneyLiteral } from '../values/money';

/** One money, or one per currency. */
export type CompiledMonies =
  | { readonly kind: 'single'; readonly money: Money }
  | { readonly kind: 'list'; readonly byCurrency: ReadonlyMap<string, Money> };

/** Compiles validated monies; a list, even of one, is chosen from by currency. */
export function compileMonies(monies: Monies): CompiledMonies {
  if (typeof monies === 'string') return { kind: 'single', money: literal(monies) };
  const list = monies.map(literal);
  return { kind: 'list', byCurrency: new Map(list.map((money) => [money.currency, money])) };
}

/**
 * The money of this currency; undefined where a person must decide, since nothing is ever
 * converted.
 */
export function inCurrency(monies: CompiledMonies, currency: string): Money | undefined {
  if (monies.kind === 'list') return monies.byCurrency.get(currency);
  return monies.money.currency === currency ? monies.money : undefined;
}

function literal(text: string): Money {
  const result = parseMoneyLiteral(text);
  if (!result.ok) throw new Error(`not a money: ${text} (${result.problem})`);
  return result.money;
}
