import { minorDigits, type Money } from '@amends/domain';
import type { Role } from '../access/role';
import { namedSum } from './named-sum';
import type { Settings } from './settings-document';

/** Whole units of a currency that the settings do not name. */
const DEFAULT_UNITS = 20n;

/**
 * Whether a compensation by hand waits for another person: it is over the agent's own limit.
 * Managers and Admins have none.
 */
export function isOverManualLimit(settings: Settings, role: Role, money: Money): boolean {
  return !hasNoManualLimit(role) && money.minor > manualLimitOf(settings, money.currency);
}

export function hasNoManualLimit(role: Role): boolean {
  return role === 'manager' || role === 'admin';
}

/** Minor units that an agent may give without asking. */
export function manualLimitOf(settings: Settings, currency: string): bigint {
  const named = namedSum(settings.manual_limit, currency);
  return named?.minor ?? DEFAULT_UNITS * 10n ** BigInt(minorDigits(currency) ?? 0);
}
