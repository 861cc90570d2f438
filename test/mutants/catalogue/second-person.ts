import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const ERASURE = 'libs/application/src/erasure';
const FOUR_EYES = 'apps/remedy/test/four-eyes.int-spec.ts';
const REVERSALS = 'apps/remedy/test/reversals.int-spec.ts';
const ERASE = 'apps/api/test/erase-by-two.int-spec.ts';

/** The check that who decides has not asked: without a name of its own. */
const WITHOUT_TWO_PEOPLE = 'alter table approval drop constraint approval_check';

/** What a second person sees before money is taken back, a customer is forgotten, or much is paid. */
export const SECOND_PERSON: readonly GuardMutant[] = [
  {
    name: 'reverse-alone',
    without: 'a second person to take back what two have paid',
    patches: [
      {
        file: `${REMEDY}/manual/reverse-compensation.ts`,
        find: 'if (needsTwo(settings, compensation.money)) {',
        replace: 'if (needsTwo(settings, compensation.money) && id === "") {',
      },
    ],
    spec: REVERSALS,
    test: 'is not for one person to do, whatever they say it is',
  },
  {
    name: 'reverse-own-question',
    without: 'the look whether who takes back has asked for it, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/decide-reversal.ts`,
        find: "if (by === approval.requestedBy) throw new Refusal('self_approval');",
        replace: '',
      },
    ],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: REVERSALS,
    test: 'is not for one person to do, whatever they say it is',
  },
  {
    name: 'reverse-part',
    without: 'all or nothing of a reversal',
    patches: [
      {
        file: `${REMEDY}/approvals/decide-reversal.ts`,
        find: 'if (money !== undefined) throw allOfIt();',
        replace: 'if (money === null) throw allOfIt();',
      },
    ],
    spec: REVERSALS,
    test: 'is all or nothing',
  },
  {
    name: 'reverse-spent',
    without: 'the look whether the wallet still holds what is taken back',
    patches: [
      {
        file: `${REMEDY}/manual/reverse-compensation.ts`,
        find: 'await requireBalance(sql, compensation);',
        replace: '',
      },
      {
        file: `${REMEDY}/manual/take-back.ts`,
        find: 'await requireBalance(sql, compensation);',
        replace: '',
      },
    ],
    spec: REVERSALS,
    test: 'what has been spent meanwhile is not taken back, and the question stays',
  },
  {
    name: 'erase-alone',
    without: 'a second person before a customer is forgotten',
    patches: [
      {
        file: `${ERASURE}/erase-customer.ts`,
        find: 'return settings.four_eyes.erasures\n',
        replace: 'return settings.four_eyes.erasures && customerId === ""\n',
      },
    ],
    spec: ERASE,
    test: 'waits for another Manager, and then nothing of them is left',
  },
  {
    name: 'erase-own-question',
    without: 'the look whether who erases has asked for it, and the check of the table',
    patches: [
      {
        file: `${ERASURE}/decide-erasure.ts`,
        find: "if (by === row.requested_by) throw new Refusal('self_approval');",
        replace: '',
      },
    ],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: ERASE,
    test: 'waits for another Manager, and then nothing of them is left',
  },
  {
    name: 'erase-manager',
    without: 'a Manager to say that a customer is forgotten',
    patches: [
      {
        file: `${ERASURE}/decide-erasure.ts`,
        find: "  requireManager(asked.actor, 'Only a Manager decides about erasing a customer.');\n",
        replace: '  void requireManager;\n',
      },
    ],
    spec: ERASE,
    test: 'waits for another Manager, and then nothing of them is left',
  },
  {
    name: 'erase-switch',
    without: 'the wish for two to erase among what one person cannot switch off',
    patches: [
      {
        file: 'libs/application/src/second-person/with-second-person.ts',
        find: ' || wanted.erasures;',
        replace: ';',
      },
    ],
    spec: ERASE,
    test: 'nor can one person switch it off',
  },
  {
    name: 'second-of-rules',
    without: 'the second threshold for rules that ask nobody',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: '(needsTwo(desk.settings, money) ? OVER_SECOND_THRESHOLD : undefined)',
        replace: '(needsTwo(desk.settings, money) ? undefined : undefined)',
      },
    ],
    spec: FOUR_EYES,
    test: 'also of a rule that asks nobody',
  },
  {
    name: 'second-of-parts',
    without: 'what was given before, when a sum by hand is held against the second threshold',
    patches: [
      {
        file: `${REMEDY}/manual/other-people.ts`,
        find: 'needsTwo(settings, withGiven(given.all))',
        replace: 'needsTwo(settings, money)',
      },
    ],
    spec: FOUR_EYES,
    test: 'into however many parts it is split',
  },
  {
    name: 'second-gives-more',
    without: 'the check of the table that the second yes gives no more than the first',
    patches: [],
    damage: ['alter table approval drop constraint approval_never_raised'],
    spec: FOUR_EYES,
    test: 'the second may give still less, and the table takes no more',
  },
  {
    name: 'guards-put-back',
    without: 'the second look at the guards of the settings, under their lock',
    patches: [
      {
        file: 'libs/application/src/settings/change-settings.ts',
        find: 'if (change === null && !areSameGuards(settings, before.settings)) {',
        replace: 'if (change === null && settings === before.settings) {',
      },
    ],
    spec: FOUR_EYES,
    test: 'nor put guards back by a change that was looked at before they were changed',
  },
];
