import { formatMoney, type Money } from '@amends/domain';
import { invalidField } from '../../access/refusal';
import { namedSum } from '../../settings/named-sum';
import type { Settings } from '../../settings/settings-document';

/** Held because no payout may be as large. */
export const ITEM_CAP = 'item-cap';

type ItemCaps = Pick<Settings, 'item_caps'>;

/** Whether one payout is larger than any may be: a unit or currency was mistaken, most likely. */
export function isOverItemCap(settings: ItemCaps, money: Money): boolean {
  return passedCap(settings, money) !== undefined;
}

/** Why a person is asked; undefined: it is not over the cap. */
export function overItemCap(settings: ItemCaps, money: Money): string | undefined {
  const cap = passedCap(settings, money);
  return cap && `over ${formatMoney(cap)}, the most that one payout may be`;
}

/** Refuses a sum that a person names, whoever it is. */
export function requireBelowItemCap(settings: ItemCaps, money: Money): void {
  const passed = passedCap(settings, money);
  if (passed === undefined) return;
  const cap = formatMoney(passed);
  throw invalidField('/amount', 'over_item_cap', {
    en: `at most ${cap}, which is item_caps of the settings`,
    zh: `金额不得超过设置 item_caps 中的 ${cap}`,
  });
}

/** The cap that a sum is over. */
function passedCap({ item_caps: caps }: ItemCaps, { minor, currency }: Money): Money | undefined {
  const cap = namedSum(caps, currency);
  return cap !== undefined && minor > cap.minor ? cap : undefined;
}
