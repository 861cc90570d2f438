import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const CAPS = 'apps/remedy/test/caps.int-spec.ts';
const TOO_LARGE = 'item, of the account: nothing above it moves, whoever says so, but less of it';

/** What bounds one payout and one day, whatever rules and people say. */
export const ACCOUNT_BOUNDS: readonly GuardMutant[] = [
  {
    name: 'item-cap-of-rules',
    without: 'the cap of the account on what a rule pays',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: '    overItemCap(desk.settings, money) ??\n',
        replace: '    (money.minor < 0n ? overItemCap(desk.settings, money) : undefined) ??\n',
      },
    ],
    spec: CAPS,
    test: TOO_LARGE,
  },
  {
    name: 'item-cap-by-hand',
    without: 'the cap of the account on what a person gives',
    patches: [
      {
        file: `${REMEDY}/manual/create-manual-compensation.ts`,
        find: 'requireBelowItemCap(settings, input.money);',
        replace: 'void requireBelowItemCap;',
      },
    ],
    spec: CAPS,
    test: TOO_LARGE,
  },
  {
    name: 'item-cap-of-a-yes',
    without: 'the cap of the account on what a person says yes to',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: 'requireBelowItemCap(settings, sum);',
        replace: 'void requireBelowItemCap;',
      },
    ],
    spec: CAPS,
    test: TOO_LARGE,
  },
  {
    name: 'item-cap-at-the-exit',
    without: 'the look at the cap of the account before a sum leaves',
    patches: [
      {
        file: `${REMEDY}/exit/exit-ceilings.ts`,
        find: 'if (isOverItemCap(this.settings, sum.money)) return ITEM_CAP;',
        replace: 'if (isOverItemCap(this.settings, sum.money)) void ITEM_CAP;',
      },
    ],
    spec: CAPS,
    test: 'item, of the account: what is too large by the time it leaves is held there',
  },
  {
    name: 'ceiling-counts-again',
    without: 'the day on which an attempt has counted already',
    patches: [
      {
        file: `${REMEDY}/payout/prepare-payout.ts`,
        find: 'if (rows.length > 0) {\n    const heldBy = isOverItemCap',
        replace: 'if (rows.length > 99) {\n    const heldBy = isOverItemCap',
      },
    ],
    spec: CAPS,
    test: 'the daily ceiling counts once what is refused and sent again on the same day',
  },
  {
    name: 'agent-other-currency',
    without: 'the look at what the agent gave in another currency',
    patches: [
      {
        file: `${REMEDY}/manual/other-people.ts`,
        find: 'given.isInOther && !hasNoManualLimit(role)',
        replace: 'given.isInOther && hasNoManualLimit(role) && false',
      },
    ],
    spec: CAPS,
    test: 'the agent’s own limit: nor is it passed by a sum in each of several currencies',
  },
];
