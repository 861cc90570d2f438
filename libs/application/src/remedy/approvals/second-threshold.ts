import type { Money } from '@amends/domain';
import { namedSum } from '../../settings/named-sum';
import type { Settings } from '../../settings/settings-document';

/** Why people are asked about it, where nothing else asks for them. */
export const OVER_SECOND_THRESHOLD = 'over the second threshold';

/** Whether a sum needs the yes of two people. A currency that the settings do not name never does. */
export function needsTwo(
  { second_approver_over: thresholds }: Pick<Settings, 'second_approver_over'>,
  { minor, currency }: Money,
): boolean {
  const threshold = namedSum(thresholds, currency);
  return threshold !== undefined && minor > threshold.minor;
}
