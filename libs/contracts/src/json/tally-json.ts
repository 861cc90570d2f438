import type { Json, JsonObject } from '@amends/domain';
import { isForbiddenKey } from './forbidden-key';
import { textFault } from './stored-text';

/** Something in the value is to be refused: `checkJson` says what and where. */
export const SUSPICIOUS = -1;

/**
 * The number of keys in a freshly parsed value, or `SUSPICIOUS`. The hot path of every event: no
 * pointers, no allocation. Depth is not looked at, as the scan before the parser already did.
 */
export function tallyJson(value: Json, maxArrayItems: number, checkTexts: boolean): number {
  if (typeof value === 'string') {
    return checkTexts && textFault(value) !== undefined ? SUSPICIOUS : 0;
  }
  if (typeof value === 'number') {
    // Also false for Infinity.
    return value >= -Number.MAX_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? 0 : SUSPICIOUS;
  }
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return tallyItems(value as readonly Json[], maxArrayItems, checkTexts);
  return tallyKeys(value as JsonObject, maxArrayItems, checkTexts);
}

function tallyItems(items: readonly Json[], maxArrayItems: number, checkTexts: boolean): number {
  if (items.length > maxArrayItems) return SUSPICIOUS;
  let keys = 0;
  for (const item of items) {
    const inside = tallyJson(item, maxArrayItems, checkTexts);
    if (inside === SUSPICIOUS) return SUSPICIOUS;
    keys += inside;
  }
  return keys;
}

function tallyKeys(object: JsonObject, maxArrayItems: number, checkTexts: boolean): number {
  let keys = 0;
  for (const key in object) {
    if (isForbiddenKey(key)) return SUSPICIOUS;
    if (checkTexts && textFault(key) !== undefined) return SUSPICIOUS;
    const inside = tallyJson(object[key] as Json, maxArrayItems, checkTexts);
    if (inside === SUSPICIOUS) return SUSPICIOUS;
    keys += inside + 1;
  }
  return keys;
}
