import type { Asked } from '../../access/actor';
import type { Sql } from '../../queries/sql';
import { hasNoManualLimit, isOverManualLimit } from '../../settings/manual-limit';
import type { Settings } from '../../settings/settings-document';
import { needsTwo, OVER_SECOND_THRESHOLD } from '../approvals/second-threshold';
import { givenOfLate } from './given-of-late';
import type { ManualCompensationInput } from './manual-input';

export interface OtherPeople {
  /** Why somebody else is asked; undefined: nobody is. */
  readonly reason: string | undefined;
  /** Two are asked, however low the sum: it is part of a larger one. */
  readonly needsSecond: boolean;
}

/** Who else has to say yes to a sum by hand, which is judged with what was given before. */
export async function otherPeople(
  sql: Sql,
  settings: Settings,
  asked: Asked,
  input: ManualCompensationInput,
): Promise<OtherPeople> {
  const { money } = input;
  const given = await givenOfLate(sql, settings, asked, input);
  const withGiven = (minor: bigint) => ({ ...money, minor: money.minor + minor });
  const isOverSecond = needsTwo(settings, withGiven(given.all));
  const { role } = asked.actor;
  const isOverOwn = isOverManualLimit(settings, role, withGiven(given.alone));
  const isSpread = given.isInOther && !hasNoManualLimit(role);
  const reason = isOverOwn
    ? "over the agent's own limit"
    : isSpread
      ? 'in another currency than was given before'
      : undefined;
  return {
    reason: reason ?? (isOverSecond ? OVER_SECOND_THRESHOLD : undefined),
    needsSecond: isOverSecond && !needsTwo(settings, money),
  };
}
