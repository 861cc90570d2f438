import { formatMoney, parseMoneyLiteral, type Money } from '@amends/domain';
import { invalidField } from '../../access/refusal';
import type { Settings } from '../../settings/settings-document';

/** Held because no payout may be as large. */
export const ITEM_CAP = 'item-cap';

type ItemCaps = Pick<Settings, 'item_caps'>;

/** The most that one payout of a currency may be; undefined: no cap is set. */
export function itemCapOf({ item_caps: caps }: ItemCaps, currency: string): Money | undefined {
  const cap = caps.find((one) => one.currency === currency);
  if (cap === undefined) return undefined;
  const literal = parseMoneyLiteral(`${cap.value} ${currency}`);
  return literal.ok ? literal.money : { minor: 0n, currency };
}

/** Whether one payout is larger than any may be: a unit or currency was mistaken, most likely. */
export function isOverItemCap(settings: ItemCaps, { minor, currency }: Money): boolean {
  const cap = itemCapOf(settings, currency);
  return cap !== undefined && minor > cap.minor;
}

/** Why a person is asked; undefined: it is not over the cap. */
export function overItemCap(settings: ItemCaps, money: Money): string | undefined {
  const cap = itemCapOf(settings, money.currency);
  if (cap === undefined || money.minor <= cap.minor) return undefined;
  return `over ${formatMoney(cap)}, the most that one payout may be`;
}

/** Refuses a sum that a person names, whoever it is. */
export function requireBelowItemCap(settings: ItemCaps, money: Money): void {
  if (!isOverItemCap(settings, money)) return;
  const cap = formatMoney(itemCapOf(settings, money.currency) ?? money);
  throw invalidField('/amount', 'over_item_cap', {
    en: `at most ${cap}, which is item_caps of the settings`,
    zh: `金额不得超过设置 item_caps 中的 ${cap}`,
  });
}
