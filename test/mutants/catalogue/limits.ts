import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const BUDGETS = `${REMEDY}/budgets/budgets.ts`;
const CEILINGS = `${REMEDY}/exit/exit-ceilings.ts`;
const DOMAIN = 'libs/domain/src';
const LIMITS = 'apps/remedy/test/limits.int-spec.ts';
const CAPS = 'apps/remedy/test/caps.int-spec.ts';
const TOTALS = 'apps/remedy/test/totals.int-spec.ts';
const REFUNDS = 'apps/remedy/test/refunds.int-spec.ts';
const APPLY = `${DOMAIN}/limits/apply-limits.spec.ts`;

const NO_CHECKS_OF_BUDGETS = `do $$ declare c text; begin
  for c in select conname from pg_constraint where conrelid = 'budget'::regclass and contype = 'c' loop
    execute format('alter table budget drop constraint %I', c);
  end loop; end $$`;

/** What bounds the sums that leave. */
export const LIMITS_AND_BUDGETS: readonly GuardMutant[] = [
  {
    name: 'item-cap',
    without: 'the most that one payout may be',
    patches: [
      {
        file: `${DOMAIN}/pay/bounded.ts`,
        find: "if (bound && this.compareTo(bound) > 0) this.set('max', bound);",
        replace: '',
      },
    ],
    spec: CAPS,
    test: 'item: no payout is above the most that one may be',
  },
  {
    name: 'approve-over',
    without: 'a person above approve_over',
    patches: [
      {
        file: `${DOMAIN}/decision/conclude.ts`,
        find: "(approval.needed ? 'approve_over' : undefined)",
        replace: '(approval.needed ? undefined : undefined)',
      },
    ],
    spec: CAPS,
    test: 'approve_over: nothing above it moves without a person',
  },
  {
    name: 'limit-customer',
    without: 'a counter for each customer: all share one that nobody reads',
    patches: [
      {
        file: `${DOMAIN}/limits/compile-limits.ts`,
        find: "limit.per === 'customer' ? customerId : '*'",
        replace: "limit.per === 'customer' ? String(Math.random()) : '*'",
      },
    ],
    spec: CAPS,
    test: 'nobody is paid more than their cap',
  },
  {
    name: 'limit-rule',
    without: 'one counter for a whole rule',
    patches: [
      {
        file: `${DOMAIN}/limits/compile-limits.ts`,
        find: "limit.per === 'customer' ? customerId : '*'",
        replace: 'customerId',
      },
    ],
    spec: CAPS,
    test: 'all of it together stays in its cap',
  },
  {
    name: 'limit-label',
    without: 'one counter for all rules of a label',
    patches: [
      {
        file: `${DOMAIN}/limits/compile-limits.ts`,
        find: 'limit.across === undefined ? `rule:${doc.id}` : `label:${limit.across}`',
        replace: '`rule:${doc.id}`',
      },
    ],
    spec: CAPS,
    test: 'label: three rules that share it stay in one cap together',
  },
  {
    name: 'limit-label-others',
    without: 'counting under a label what rules without limits of their own pay',
    patches: [
      {
        file: `${REMEDY}/decision/decide-batch.ts`,
        find: 'subjects: [...own, ...across]',
        replace: 'subjects: [...own, ...across.slice(across.length)]',
      },
    ],
    spec: LIMITS,
    test: 'counts across a label what rules without limits of their own have paid',
  },
  {
    name: 'limit-lock',
    without: 'the lock under which a limit is counted',
    patches: [
      {
        file: `${REMEDY}/limits/limit-counters.ts`,
        find: 'order by g.n for update of l`',
        replace: 'order by g.n`',
      },
    ],
    spec: LIMITS,
    test: 'guarantee 4: sixteen writers never pass a limit that all customers share',
  },
  {
    name: 'limit-later-spans',
    without: 'the spans that end after the time of the new entry',
    patches: [
      {
        file: `${REMEDY}/limits/limit-counters.ts`,
        find: 'belowMs: Math.max(span.belowMs, query.atMs + reachMs),',
        replace: 'belowMs: Math.max(span.belowMs, query.atMs),',
      },
    ],
    spec: LIMITS,
    test: 'guarantee 4: whatever comes in whatever order, no span of any limit holds more than it may',
  },
  {
    name: 'limit-incident-time',
    without: 'counting by the time of the incident',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: 'const entry = {\n    atMs: decided.row.atMs,',
        replace: 'const entry = {\n    atMs: Date.now(),',
      },
    ],
    spec: LIMITS,
    test: 'counts by the time of the incident and not by that of the decision',
  },
  {
    name: 'limit-skip',
    without: 'skipping what passes a limit',
    patches: [
      {
        file: `${DOMAIN}/limits/apply-limits.ts`,
        find: "return { kind: 'skip', line: { ...line, ok: false } };",
        replace: "return { kind: 'pass', line: { ...line, ok: false } };",
      },
    ],
    spec: CAPS,
    test: 'nobody is paid more than their cap',
  },
  {
    name: 'limit-trim',
    without: 'paying only what is left where a limit trims',
    patches: [
      {
        file: `${DOMAIN}/limits/apply-limits.ts`,
        find: "if (verdict.kind === 'trim') money = verdict.money;",
        replace: '',
      },
    ],
    spec: CAPS,
    test: 'nobody is paid more than their cap',
  },
  {
    name: 'limit-review',
    without: 'a person where a limit asks for one',
    patches: [
      {
        file: `${DOMAIN}/limits/apply-limits.ts`,
        find: "if (verdict.kind === 'review') review ??= verdict.reason;",
        replace: '',
      },
    ],
    spec: CAPS,
    test: 'nobody is paid more than their cap',
  },
  {
    name: 'limit-currency',
    without: 'a person where a limit says nothing of the currency',
    patches: [
      {
        file: `${DOMAIN}/limits/apply-limits.ts`,
        find: "return { kind: 'review', reason, line: { limit: limit.index, review: reason, currency } };",
        replace: "return { kind: 'pass', line: { limit: limit.index, review: reason, currency } };",
      },
    ],
    spec: APPLY,
    test: 'a single total of another currency: review',
  },
  {
    name: 'limit-absent',
    without: 'a person where nobody can tell whose limit it is',
    patches: [
      {
        file: `${DOMAIN}/limits/apply-limits.ts`,
        find: "return { kind: 'review', reason, line: { limit: limit.index, review: reason } };",
        replace: "return { kind: 'pass', line: { limit: limit.index, review: reason } };",
      },
    ],
    spec: APPLY,
    test: 'a limit whose path is absent: review, and later limits are looked at',
  },
  {
    name: 'limit-freed',
    without: 'giving the place in a limit back when a payout has failed',
    patches: [
      { file: `${REMEDY}/money/withdraw.ts`, find: 'await freeLimits(sql, [id]);', replace: '' },
    ],
    spec: REFUNDS,
    test: 'takes a refusal of the first sending for a failure, and frees limits and budget',
  },
  {
    name: 'limit-before',
    without: 'counting what was paid before anybody counted it',
    patches: [
      {
        file: `${REMEDY}/rules/refresh-rule-book.ts`,
        find: 'await insertEntries(sql, entries);',
        replace: '',
      },
    ],
    spec: LIMITS,
    test: 'finds what was paid before anybody counted it',
  },
  {
    name: 'budget-lock',
    without: 'the lock of a budget, the guard of its update, and the check of the table',
    patches: [
      {
        file: BUDGETS,
        find: "read(sql, payouts, 'for update')",
        replace: "read(sql, payouts, '')",
      },
      {
        file: BUDGETS,
        find: 'where id = $1 and $2::bigint + $3::bigint <= limit_minor`',
        replace: 'where id = $1`',
      },
      {
        file: BUDGETS,
        find: 'and held_minor + $2::bigint + spent_minor + $3::bigint <= limit_minor',
        replace: '',
      },
    ],
    damage: [NO_CHECKS_OF_BUDGETS],
    spec: LIMITS,
    test: 'guarantee 4: sixteen writers spend a budget to the last cent that fits, and not beyond',
  },
  {
    name: 'budget-guard',
    without: 'the guard of the update that only looked before, and the check of the table',
    patches: [
      {
        file: BUDGETS,
        find: 'and held_minor + $2::bigint + spent_minor + $3::bigint <= limit_minor',
        replace: '',
      },
    ],
    damage: [NO_CHECKS_OF_BUDGETS],
    spec: TOTALS,
    test: 'guarantee 4: whoever looked before others took the room commits nothing',
  },
  {
    name: 'budget-period',
    without: 'the period that who only looked has seen',
    patches: [
      { file: BUDGETS, find: 'where id = $1 and period_key = $4', replace: 'where id = $1' },
    ],
    spec: TOTALS,
    test: 'a period that began meanwhile is not counted in by who saw the last one',
  },
  {
    name: 'budget-released',
    without: 'giving back to the budget what will not move',
    patches: [
      {
        file: `${REMEDY}/money/withdraw.ts`,
        find: 'if (budgetId !== null) budgets.release(budgetId, money);',
        replace: '',
      },
    ],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'gives limits and budget back with a rejection, which says why',
  },
  {
    name: 'budget-approval',
    without: 'the look at the budget when a person approves what it did not have',
    patches: [
      {
        file: `${REMEDY}/approvals/approve.ts`,
        find: "if (verdict.kind === 'exhausted') {",
        replace: "if (verdict.kind === 'none' && budgetId === '') {",
      },
    ],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'guarantee 4: nobody approves past a budget',
  },
  {
    name: 'budget-below-spent',
    without: 'the look whether a budget is set below what is spent, and the check of the table',
    patches: [
      {
        file: 'libs/application/src/admin/change-budget.ts',
        find: "if (limit.minor < held + spent) throw new Refusal('limit_below_spent');",
        replace: "if (limit.minor < 0n * (held + spent)) throw new Refusal('limit_below_spent');",
      },
    ],
    damage: [NO_CHECKS_OF_BUDGETS],
    spec: 'apps/api/test/money.int-spec.ts',
    test: 'cannot be set below what is spent, nor stand twice for one currency',
  },
  {
    name: 'budget-brand',
    without: 'a budget of its own for a brand',
    patches: [
      {
        file: BUDGETS,
        find: "able.find((budget) => budget.brand === brand) ?? able.find((budget) => budget.brand === '')",
        replace:
          "able.find((budget) => budget.brand === '') ?? able.find((budget) => budget.brand === brand)",
      },
    ],
    spec: 'apps/remedy/test/brands.int-spec.ts',
    test: 'spends its own budget also beside another brand, in one transaction',
  },
  {
    name: 'ceiling',
    without: 'the daily ceiling, and the guard of its update',
    patches: [
      {
        file: CEILINGS,
        find: 'movedMinor + addedMinor + minor > limitMinor',
        replace: 'movedMinor + addedMinor + minor > limitMinor * 1_000_000n',
      },
      {
        file: CEILINGS,
        find: 'and moved_minor + $4::bigint <= $5::bigint',
        replace: 'and $5::bigint >= 0',
      },
    ],
    spec: CAPS,
    test: 'lets out what fits and holds the rest, whatever was decided',
  },
  {
    name: 'ceiling-guard',
    without: 'the guard of the update of a ceiling that was only looked at',
    patches: [
      {
        file: CEILINGS,
        find: 'and moved_minor + $4::bigint <= $5::bigint',
        replace: 'and $5::bigint >= 0',
      },
    ],
    spec: TOTALS,
    test: 'guarantee 4: whoever looked at a ceiling before others reached it commits nothing',
  },
  {
    name: 'ceiling-provider',
    without: 'the daily ceiling where something is sent to a provider',
    patches: [
      {
        file: `${REMEDY}/payout/prepare-payout.ts`,
        find: 'if (heldBy !== undefined) {',
        replace: "if (heldBy !== undefined && heldBy !== 'daily-ceiling') {",
      },
    ],
    spec: CAPS,
    test: 'bounds a provider as well: what does not fit is not sent',
  },
  {
    name: 'ceiling-brand',
    without: 'the daily ceiling of a brand',
    patches: [
      {
        file: CEILINGS,
        find: 'own.map((ceiling) => toLimit(brand, ceiling)),',
        replace: 'own.slice(own.length).map((ceiling) => toLimit(brand, ceiling)),',
      },
    ],
    spec: 'apps/remedy/test/brands.int-spec.ts',
    test: 'lets no more out in a day, while the others pay on',
  },
  {
    name: 'manual-limit',
    without: 'the own limit of an agent',
    patches: [
      {
        file: 'libs/application/src/settings/manual-limit.ts',
        find: 'return !hasNoManualLimit(role) && money.minor > manualLimitOf(settings, money.currency);',
        replace: 'return !hasNoManualLimit(role) && money.minor < 0n;',
      },
    ],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'waits over that limit for another person, who cannot be the same',
  },
  {
    name: 'manual-split',
    without: 'the sum of what the same agent or order was given of late',
    patches: [
      {
        file: `${REMEDY}/manual/given-of-late.ts`,
        find: 'return rows[0] ?? { alone: 0n, all: 0n, isInOther: false };',
        replace: 'return { alone: 0n * (rows[0]?.alone ?? 0n), all: 0n, isInOther: false };',
      },
    ],
    spec: CAPS,
    test: 'any split of a sum is judged like the sum',
  },
  {
    name: 'manual-turns',
    without: 'the lock under which gifts to one customer take turns',
    patches: [
      {
        file: `${REMEDY}/manual/given-of-late.ts`,
        find: '[`by-hand:${turn}`]',
        replace: '[`by-hand:${turn}:${String(Math.random())}`]',
      },
    ],
    spec: CAPS,
    test: 'any split of a sum is judged like the sum',
  },
  {
    name: 'manual-same-sum',
    without: 'a reason where a sum by hand differs from what the rule says',
    patches: [
      {
        file: `${REMEDY}/manual/rule-says.ts`,
        find: "if (isSame || (differsBecause ?? '').trim() !== '') return;",
        replace: "if (isSame || differsBecause !== '') return;",
      },
    ],
    spec: 'apps/remedy/test/same-sum.int-spec.ts',
    test: 'asks why, where the case itself is made good with another sum',
  },
  {
    name: 'manual-once',
    without: 'the look whether an incident was made good already, and the unique index',
    patches: [
      {
        file: `${REMEDY}/manual/create-manual-compensation.ts`,
        find: '  if (live) {\n',
        replace: "  if (live && incident.state === 'shadow') {\n",
      },
    ],
    damage: ['drop index compensation_one_live'],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'makes good an incident for which a person had to name the sum, once',
  },
  {
    name: 'one-live',
    without: 'the unique index of compensations, and the look at the state of the incident',
    patches: [
      {
        file: `${REMEDY}/decision/decide-batch.ts`,
        find: "return row.unit === 0 && !['paying', 'shadow'].includes(incident.state);",
        replace: 'return row.unit < 0;',
      },
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: "derivedId('cmp', row.atMs, `${incident.id}:${String(row.unit)}`)",
        replace: "derivedId('cmp', row.atMs, `${incident.id}:${String(Math.random())}`)",
      },
    ],
    damage: ['drop index compensation_one_live'],
    spec: 'apps/remedy/test/decision.int-spec.ts',
    test: 'guarantee 2: deciding the same incident again pays nothing more',
  },
  {
    name: 'typed-money',
    without: 'taking no bare number for a sum',
    patches: [
      {
        file: `${DOMAIN}/values/money.ts`,
        find: "if (typeof value !== 'string' || typeof currency !== 'string') return undefined;\n  if (minorDigits(currency) === undefined) return undefined;\n  const amount = parseDecimal(value);",
        replace:
          "if (typeof currency !== 'string') return undefined;\n  const amount = parseDecimal(String(value));",
      },
    ],
    spec: CAPS,
    test: 'takes money only as typed',
  },
  {
    name: 'blocked-customer',
    without: 'the look whether a customer is blocked',
    patches: [
      {
        file: `${REMEDY}/decision/decide-batch.ts`,
        find: 'if (customer.isBlocked) {',
        replace: "if (customer.isBlocked && rule.id === '') {",
      },
    ],
    spec: 'apps/remedy/test/decision.int-spec.ts',
    test: 'pays a customer who is blocked nothing',
  },
];
