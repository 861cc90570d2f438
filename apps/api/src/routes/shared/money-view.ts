import { moneyToJson, type MoneyJson } from '@amends/domain';

/** Minor units and currency, as two columns of a row, in the form of the contract. */
export function moneyView(minor: bigint, currency: string): MoneyJson {
  return moneyToJson({ minor, currency });
}

export function moneyViewOrNull(minor: bigint | null, currency: string | null): MoneyJson | null {
  return minor === null || currency === null ? null : moneyView(minor, currency);
}
