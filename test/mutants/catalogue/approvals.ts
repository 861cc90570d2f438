import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const SECOND = 'libs/application/src/second-person/with-second-person.ts';
const APPROVALS = 'apps/remedy/test/approvals.int-spec.ts';
const FOUR_EYES = 'apps/remedy/test/four-eyes.int-spec.ts';

/** The check that an approval is not given by who asked for it: without a name of its own. */
const WITHOUT_TWO_PEOPLE = 'alter table approval drop constraint approval_check';

/** What keeps one person from paying by themselves. */
export const APPROVALS_AND_EYES: readonly GuardMutant[] = [
  {
    name: 'self-approval',
    without: 'the look whether who approves has asked, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: '      by === approval.requestedBy ||\n      by === compensation.proposedBy ||\n',
        replace: '',
      },
    ],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: APPROVALS,
    test: 'waits over that limit for another person, who cannot be the same',
  },
  {
    name: 'self-approval-table',
    without: 'the check of the table that who decides has not asked',
    patches: [],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: FOUR_EYES,
    test: 'the table takes no decision of who has asked',
  },
  {
    name: 'self-rejection',
    without: 'the look whether who rejects has asked, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/reject.ts`,
        find: "if (by === approval.requestedBy) throw new Refusal('self_approval');",
        replace: "if (by === '') throw new Refusal('self_approval');",
      },
    ],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: 'apps/api/test/money.int-spec.ts',
    test: 'is never given by whoever asked for it, nor withheld',
  },
  {
    name: 'self-approval-change',
    without: 'the look whether who approves a change has asked for it, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/decide-change.ts`,
        find: 'if (by === approval.requested_by || approval.authors.includes(by)) {',
        replace: 'if (approval.authors.includes(by)) {',
      },
    ],
    damage: [WITHOUT_TWO_PEOPLE],
    spec: FOUR_EYES,
    test: 'a budget changes only with the yes of another person, to this very content, once',
  },
  {
    name: 'author-approval',
    without: 'the look whether who approves has written what goes live, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/decide-change.ts`,
        find: 'if (by === approval.requested_by || approval.authors.includes(by)) {',
        replace: 'if (by === approval.requested_by) {',
      },
    ],
    damage: ['alter table approval drop constraint approval_author'],
    spec: FOUR_EYES,
    test: 'nor does the author of a version let it go live',
  },
  {
    name: 'author-approval-table',
    without: 'the check of the table that no author approves',
    patches: [],
    damage: ['alter table approval drop constraint approval_author'],
    spec: FOUR_EYES,
    test: 'nor does the author of a version let it go live',
  },
  {
    name: 'change-content',
    without: 'the content that a yes to a change was given to',
    patches: [
      {
        file: SECOND,
        find: "where about = $1 and content_hash = $2 and state = 'approved' and used_at is null",
        replace: "where about = $1 and $2 <> '' and state = 'approved' and used_at is null",
      },
    ],
    spec: FOUR_EYES,
    test: 'a budget changes only with the yes of another person, to this very content, once',
  },
  {
    name: 'change-once',
    without: 'making use of a yes only once',
    patches: [
      {
        file: SECOND,
        find: "state = 'approved' and used_at is null",
        replace: "state = 'approved'",
      },
    ],
    spec: FOUR_EYES,
    test: 'a budget changes only with the yes of another person, to this very content, once',
  },
  {
    name: 'change-good-for',
    without: 'the days after which a yes to a change is none any more',
    patches: [
      {
        file: SECOND,
        find: "and decided_at > now() - interval '${GOOD_FOR}'",
        replace: "and '${GOOD_FOR}' <> ''",
      },
    ],
    spec: FOUR_EYES,
    test: 'a yes that nobody made use of for a week is none any more',
  },
  {
    name: 'change-lapses',
    without: 'closing a question about a change that nobody answers for a week',
    patches: [
      {
        file: `${REMEDY}/approvals/escalate.ts`,
        find: 'kind is not null and requested_at <',
        replace: 'kind is not null and false and requested_at <',
      },
    ],
    spec: FOUR_EYES,
    test: 'a question about a change lapses after a week, and cannot be answered any more',
  },
  {
    name: 'customer-never-lapses',
    without: 'keeping open what a customer may get, however long nobody decides',
    patches: [
      {
        file: `${REMEDY}/approvals/escalate.ts`,
        find: "where state = 'open' and kind is not null and requested_at",
        replace: "where state = 'open' and requested_at",
      },
    ],
    spec: FOUR_EYES,
    test: 'tells people once of what has waited too long, and lets no customer lapse',
  },
  {
    name: 'escalation',
    without: 'telling people of what has waited too long',
    patches: [
      {
        file: `${REMEDY}/approvals/escalate.ts`,
        find: "kind: 'approval.waiting',",
        replace: "kind: 'approval.nobody',",
      },
    ],
    spec: FOUR_EYES,
    test: 'tells people once of what has waited too long, and lets no customer lapse',
  },
  {
    name: 'four-eyes-settings',
    without: 'four eyes for switching the four eyes off',
    patches: [
      {
        file: SECOND,
        find: 'return wanted.rollouts || wanted.budgets || wanted.hold_releases || wanted.erasures;',
        replace: 'return false;',
      },
    ],
    spec: FOUR_EYES,
    test: 'nor can one person switch the four eyes off, or raise a ceiling',
  },
  {
    name: 'four-eyes-release',
    without: 'four eyes for lifting a hold',
    patches: [{ file: SECOND, find: 'return wanted.hold_releases;', replace: 'return false;' }],
    spec: FOUR_EYES,
    test: 'a hold is laid by one person, and lifted by two',
  },
  {
    name: 'four-eyes-rollout',
    without: 'four eyes for a rule that goes live',
    patches: [{ file: SECOND, find: 'return wanted.rollouts;', replace: 'return false;' }],
    spec: FOUR_EYES,
    test: 'nor does the author of a version let it go live',
  },
  {
    name: 'content-hash',
    without: 'the look whether a compensation is still what was asked about',
    patches: [
      {
        file: `${REMEDY}/approvals/approval-rows.ts`,
        find: 'if (approval.contentHash !== compensation.contentHash) {',
        replace: "if (approval.contentHash === '') {",
      },
    ],
    spec: APPROVALS,
    test: 'is refused when the compensation is not what was asked about',
  },
  {
    name: 'content-hash-all',
    without: 'the payment in the hash of what an approval is about',
    patches: [
      {
        file: `${REMEDY}/model/compensation.ts`,
        find: '    payment,\n    orderId,\n  ]);',
        replace: '    orderId,\n  ]);',
      },
    ],
    spec: `${REMEDY}/model/compensation.spec.ts`,
    test: 'guarantee 2: has another content hash whenever anything an approval is about changes',
  },
  {
    name: 'decided-once',
    without: 'the look whether an approval is still open',
    patches: [
      {
        file: `${REMEDY}/approvals/approval-rows.ts`,
        find: "if (row.state !== 'open') {",
        replace: "if (row.state === 'void') {",
      },
    ],
    spec: APPROVALS,
    test: 'is asked once: the second answer is told who gave the first',
  },
  {
    name: 'as-it-was-read',
    without: 'the revision of an approval that was read',
    patches: [
      {
        file: `${REMEDY}/approvals/approval-rows.ts`,
        find: 'if (revision !== undefined && revision !== row.revision) {',
        replace: 'if (revision === -1) {',
      },
    ],
    spec: APPROVALS,
    test: 'is refused when the approval is not as it was read',
  },
  {
    name: 'lower-only',
    without: 'approving no more than was asked for',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: 'const fits = wanted.minor > 0n && wanted.minor <= most.minor;',
        replace: 'const fits = wanted.minor > 0n;',
      },
    ],
    spec: APPROVALS,
    test: 'than was asked for',
  },
  {
    name: 'same-currency',
    without: 'approving only in the currency that was asked for',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: 'if (wanted.currency === most.currency && fits) return wanted;',
        replace: 'if (fits) return wanted;',
      },
    ],
    spec: APPROVALS,
    test: 'than was asked for',
  },
  {
    name: 'skip-again',
    without: 'looking at skip_if again after an approval',
    patches: [
      {
        file: `${REMEDY}/money/proceed.ts`,
        find: 'if (skip !== undefined) {',
        replace: 'if (skip === -1) {',
      },
    ],
    spec: APPROVALS,
    test: 'looks again at skip_if after an approval',
  },
  {
    name: 'second-approver',
    without: 'a second person above the second threshold',
    patches: [
      {
        file: `${REMEDY}/approvals/second-threshold.ts`,
        find: 'return threshold !== undefined && minor > threshold.minor;',
        replace: 'return threshold !== undefined && minor < 0n;',
      },
    ],
    spec: FOUR_EYES,
    test: 'above it two are needed, who are not the same',
  },
  {
    name: 'second-approver-same',
    without: 'the look whether the second yes is of the same person, and the check of the table',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: ' ||\n      by === approval.first?.by\n',
        replace: '\n',
      },
    ],
    damage: ['alter table approval drop constraint approval_second'],
    spec: FOUR_EYES,
    test: 'above it two are needed, who are not the same',
  },
  {
    name: 'second-approver-table',
    without: 'the check of the table that two yeses are of two people',
    patches: [],
    damage: ['alter table approval drop constraint approval_second'],
    spec: FOUR_EYES,
    test: 'the table takes no second yes of the same person, nor one yes for two',
  },
  {
    name: 'second-needed-table',
    without: 'the check of the table that what needs two yeses has two',
    patches: [],
    damage: ['alter table approval drop constraint approval_two'],
    spec: FOUR_EYES,
    test: 'the table takes no second yes of the same person, nor one yes for two',
  },
  {
    name: 'second-no-more',
    without: 'the sum of the first yes as the most that the second lets go',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: 'minor: first?.minor ?? asked.minor }',
        replace: 'minor: asked.minor }',
      },
    ],
    spec: FOUR_EYES,
    test: 'above it two are needed, who are not the same',
  },
  {
    name: 'manager-denies',
    without: 'a Manager to deny a customer',
    patches: [
      {
        file: 'libs/application/src/access/require-manager.ts',
        find: "if (role === 'manager' || role === 'admin') return;",
        replace: "if (role !== 'ingest') return;",
      },
    ],
    spec: FOUR_EYES,
    test: 'is for a Manager to say, who must say why',
  },
  {
    name: 'manager-drops',
    without: 'a Manager to drop what a hold holds',
    patches: [
      {
        file: `${REMEDY}/holds/release-hold.ts`,
        find: "if (input.heldItems === 'drop' && held.items > 0) requireManager(asked.actor);",
        replace: '',
      },
    ],
    spec: FOUR_EYES,
    test: 'is no way round by dismissing, or by dropping what a hold holds',
  },
  {
    name: 'manager-dismisses',
    without: 'a Manager to dismiss an incident',
    patches: [
      {
        file: `${REMEDY}/manual/dismiss-incident.ts`,
        find: "if (state === 'review' || state === 'held' || state === 'paying') requireManager(asked.actor);",
        replace: '',
      },
    ],
    spec: FOUR_EYES,
    test: 'is no way round by dismissing, or by dropping what a hold holds',
  },
  {
    name: 'no-says-why',
    without: 'a reason for a no',
    patches: [
      {
        file: `${REMEDY}/approvals/reject.ts`,
        find: "if (input.note.trim() === '') throw noteMissing();",
        replace: '',
      },
    ],
    spec: FOUR_EYES,
    test: 'is for a Manager to say, who must say why',
  },
];
