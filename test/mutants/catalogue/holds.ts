import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const OPEN_HOLDS = `${REMEDY}/holds/open-holds.ts`;
const GUARDRAILS = `${REMEDY}/guardrails`;
const HOLDS = 'apps/remedy/test/holds.int-spec.ts';
const REFUNDS = 'apps/remedy/test/refunds.int-spec.ts';
const MESSAGES = 'apps/remedy/test/messages.int-spec.ts';
const ABUSE = 'apps/remedy/test/abuse.int-spec.ts';

/** What stops payouts, and what makes a person look. */
export const HOLDS_AND_SIGNALS: readonly GuardMutant[] = [
  {
    name: 'hold-all',
    without: 'holds on everything',
    patches: [
      {
        file: OPEN_HOLDS,
        find: 'if (scope.all === true) tests.push(() => true);',
        replace: 'if (scope.all === true) tests.push(() => false);',
      },
    ],
    spec: MESSAGES,
    test: 'guarantee 4: stop with a hold, and go out after it',
  },
  {
    name: 'hold-rule',
    without: 'the rule that a hold is laid on',
    patches: [
      {
        file: OPEN_HOLDS,
        find: 'thing.ruleId === rule',
        replace: "thing.ruleId === '' + rule + '?'",
      },
    ],
    spec: HOLDS,
    test: 'is taken over by the next hold that is laid on the same',
  },
  {
    name: 'hold-other-rule',
    without: 'that a hold on one rule lets the others be',
    patches: [
      { file: OPEN_HOLDS, find: 'thing.ruleId === rule', replace: 'thing.ruleId !== undefined' },
    ],
    spec: HOLDS,
    test: 'is laid on ',
  },
  {
    name: 'hold-customer',
    without: 'the customer that a hold is laid on',
    patches: [
      {
        file: OPEN_HOLDS,
        find: 'thing.customerId === customer',
        replace: 'thing.customerId === `${customer}?`',
      },
    ],
    spec: HOLDS,
    test: 'keeps limits and budget reserved for what it holds, and pays it when it is released',
  },
  {
    name: 'hold-label',
    without: 'the value of a label that a hold is laid on',
    patches: [
      {
        file: OPEN_HOLDS,
        find: 'Object.hasOwn(thing.labels, name) && thing.labels[name] === value',
        replace: 'Object.hasOwn(thing.labels, name)',
      },
    ],
    spec: HOLDS,
    test: 'is laid on ',
  },
  {
    name: 'hold-filter',
    without: 'the events that a hold is laid on',
    patches: [
      {
        file: OPEN_HOLDS,
        find: "conditions.test(thing.scope) === 'true'",
        replace: "conditions.test(thing.scope) !== 'true'",
      },
    ],
    spec: HOLDS,
    test: 'is laid on ',
  },
  {
    name: 'hold-kind',
    without: 'that a hold on payments is none on messages',
    patches: [
      {
        file: OPEN_HOLDS,
        find: 'hold[what] && hold.matches(thing)',
        replace: 'hold.payments && hold.matches(thing)',
      },
    ],
    spec: MESSAGES,
    test: 'guarantee 4: stop with a hold, and go out after it',
  },
  {
    name: 'hold-decision',
    without: 'the look at holds when something is decided',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: 'if (hold !== undefined) {\n    why.push({ hold, ok: false });',
        replace: "if (hold === '') {\n    why.push({ hold, ok: false });",
      },
    ],
    spec: HOLDS,
    test: 'guarantee 4: once a hold is answered active, nothing is paid, whoever is deciding',
  },
  {
    name: 'hold-by-hand',
    without: 'the look at holds when something is given by hand',
    patches: [
      {
        file: `${REMEDY}/manual/create-manual-compensation.ts`,
        find: "if (hold !== undefined) return { ...proposed, state: 'held', heldBy: hold };",
        replace: '',
      },
    ],
    spec: 'apps/api/test/money.int-spec.ts',
    test: 'keeps what is given meanwhile, and says what it affects',
  },
  {
    name: 'hold-approval',
    without: 'the look at holds when something goes on after a person or another hold',
    patches: [
      {
        file: `${REMEDY}/money/proceed.ts`,
        find: 'if (hold !== undefined) {\n    const held',
        replace: "if (hold === '') {\n    const held",
      },
    ],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'is held where a hold is laid meanwhile',
  },
  {
    name: 'hold-sending',
    without: 'the look at holds before something is sent to a provider',
    patches: [
      {
        file: `${REMEDY}/payout/prepare-payout.ts`,
        find: "if (compensation.state === 'reserved' && hold !== undefined) {",
        replace: "if (compensation.state === 'reserved' && hold === '') {",
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 4: sends nothing under a hold, and everything after it',
  },
  {
    name: 'hold-resending',
    without: 'the look at holds before something is sent again',
    patches: [
      {
        file: `${REMEDY}/payout/plan-payout.ts`,
        find: "return isOnHold ? { kind: 'wait' } : { kind: 'resend' };",
        replace: "return { kind: 'resend' };",
      },
    ],
    spec: `${REMEDY}/payout/plan-payout.spec.ts`,
    test: 'guarantee 4: sends nothing again under a hold, but may ask',
  },
  {
    name: 'hold-gate',
    without: 'the gate that whoever pays passes and a hold closes',
    patches: [
      {
        file: `${REMEDY}/holds/hold-gate.ts`,
        find: 'await sql.query(`select pg_advisory_xact_lock(${String(GATE)})`);',
        replace: '',
      },
    ],
    spec: HOLDS,
    test: 'guarantee 4: a hold waits for what is being paid, and is in force for what comes after',
  },
  {
    name: 'hold-activating',
    without: 'waiting for what was sent before a hold',
    patches: [
      {
        file: `${REMEDY}/holds/activate-holds.ts`,
        find: "where a.state in ('created', 'sent') and a.send_lease_until > clock_timestamp()))",
        replace: 'where false))',
      },
    ],
    spec: REFUNDS,
    test: 'is activating while something sent before it is under way, and then active',
  },
  {
    name: 'hold-activating-messages',
    without: 'waiting for the messages that were handed over before a hold',
    patches: [
      {
        file: `${REMEDY}/holds/activate-holds.ts`,
        find: "where m.state = 'sending' and m.lease_until > clock_timestamp()))",
        replace: 'where false))',
      },
    ],
    spec: MESSAGES,
    test: 'guarantee 4: a hold on messages is activating while one is being handed over',
  },
  {
    name: 'hold-until',
    without: 'the end of a hold',
    patches: [
      {
        file: `${REMEDY}/holds/drain-holds.ts`,
        find: "where state in ('activating', 'active') and until <= now() returning id)",
        replace: 'where false returning id)',
      },
    ],
    spec: HOLDS,
    test: 'ends by itself at its time, as if released to pay',
  },
  {
    name: 'hold-ending-told',
    without: 'telling people before a hold ends by itself',
    patches: [
      {
        file: `${REMEDY}/holds/tell-of-holds.ts`,
        find: 'if (rows.length === 0) return;',
        replace: 'if (rows.length >= 0) return;',
      },
    ],
    spec: HOLDS,
    test: 'tells people once before it ends by itself',
  },
  {
    name: 'hold-job-cancelled',
    without: 'the look whether the job that lets go was cancelled',
    patches: [
      {
        file: `${REMEDY}/holds/drain-holds.ts`,
        find: 'return job === null || isJobRunning(sql, job);',
        replace: "return job === null || job !== '' || isJobRunning(sql, job);",
      },
    ],
    spec: HOLDS,
    test: 'stops at the item that is under way when its job is cancelled meanwhile',
  },
  {
    name: 'guardrail-hits',
    without: 'the factor by which a rule may find more than it used to',
    patches: [
      {
        file: `${GUARDRAILS}/judge-guardrails.ts`,
        find: 'if (hits <= most * Math.max(mean, 1)) return undefined;',
        replace: 'if (hits <= most * Infinity) return undefined;',
      },
    ],
    spec: 'apps/remedy/test/guardrails.int-spec.ts',
    test: 'hold the rule that storms, once, and tell people',
  },
  {
    name: 'guardrail-spending',
    without: 'the factor by which a rule may spend more than it used to',
    patches: [
      {
        file: `${GUARDRAILS}/judge-guardrails.ts`,
        find: 'if (minor * weeks * 1_000n <= before * parts) continue;',
        replace: 'if (minor * weeks * 1_000n > before * parts) continue;',
      },
    ],
    spec: `${GUARDRAILS}/judge-guardrails.spec.ts`,
    test: 'the same number, a hundred times the sum',
  },
  {
    name: 'guardrail-failures',
    without: 'the share of payouts that may fail',
    patches: [
      {
        file: `${GUARDRAILS}/judge-guardrails.ts`,
        find: 'if (share <= most) return undefined;',
        replace: 'if (share >= most) return undefined;',
      },
    ],
    spec: `${GUARDRAILS}/judge-guardrails.spec.ts`,
    test: 'failures',
  },
  {
    name: 'guardrail-account',
    without: 'the guardrails of the account',
    patches: [
      {
        file: `${GUARDRAILS}/watch-guardrails.ts`,
        find: 'return ofAccount === null ? rules : [...rules, { live: null, guardrails: ofAccount }];',
        replace: 'return ofAccount === null ? rules : [...rules];',
      },
    ],
    spec: 'apps/remedy/test/guardrails.int-spec.ts',
    test: 'stop everything where the account says so',
  },
  {
    name: 'guardrail-young',
    without: 'comparing a young rule with what its version would have done',
    patches: [
      {
        file: `${GUARDRAILS}/compare-hours.ts`,
        find: '.flatMap(({ untilMs }) => expectedOf(expectation, live.percent, untilMs) ?? []);',
        replace: '.flatMap(() => []);',
      },
    ],
    spec: 'apps/remedy/test/guardrails-young.int-spec.ts',
    test: 'hold it when it does more than the factor of that, and tell people',
  },
  {
    name: 'guardrail-person',
    without: 'leaving the person alone who has just released a rule',
    patches: [
      {
        file: `${GUARDRAILS}/watch-guardrails.ts`,
        find: "(state in ('activating', 'active') or created_at > now() - interval '1 hour')",
        replace: "state in ('activating', 'active')",
      },
    ],
    spec: 'apps/remedy/test/guardrails.int-spec.ts',
    test: 'do not overrule the person who releases it',
  },
  {
    name: 'serial-claimant',
    without: 'the number of claims that sends a customer to a person',
    patches: [
      {
        file: `${REMEDY}/abuse/abuse-desk.ts`,
        find: 'if (claims !== null && facts.claims >= claims) {',
        replace: 'if (claims !== null && facts.claims < 0) {',
      },
    ],
    spec: ABUSE,
    test: 'a serial claimant goes to a person, in one batch as over days, and is shown why',
  },
  {
    name: 'claims-of-batch',
    without: 'counting what the same batch pays',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: 'desk.abuse.count(claim);',
        replace: '',
      },
    ],
    spec: ABUSE,
    test: 'a serial claimant goes to a person, in one batch as over days, and is shown why',
  },
  {
    name: 'share-of-rule',
    without: 'the share of a rule that sends a customer to a person',
    patches: [
      {
        file: `${REMEDY}/abuse/abuse-desk.ts`,
        find: 'part.mine / part.all > share',
        replace: 'part.mine / part.all > 1',
      },
    ],
    spec: ABUSE,
    test: 'one customer’s share of a rule’s payouts',
  },
  {
    name: 'linked-accounts',
    without: 'the number of linked accounts that sends them to a person',
    patches: [
      {
        file: `${REMEDY}/abuse/abuse-desk.ts`,
        find: 'if (linked !== null && facts.linked >= linked) {',
        replace: 'if (linked !== null && facts.linked < 0) {',
      },
    ],
    spec: ABUSE,
    test: 'accounts with the same address hash hang together, and no others',
  },
  {
    name: 'agent-near-limit',
    without: 'the number of gifts just below an own limit that sends them to a person',
    patches: [
      {
        file: `${REMEDY}/manual/manual-signals.ts`,
        find: 'if (count < most) return lines;',
        replace: 'if (count < Infinity) return lines;',
      },
    ],
    spec: ABUSE,
    test: 'an agent who keeps just below their own limit',
  },
  {
    name: 'signals-refuse-nothing',
    without: 'that what is conspicuous goes to a person, and is not refused',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: '  desk.abuse.count(claim);\n',
        replace:
          "  desk.abuse.count(claim);\n  if (signals.length > 0) return { case: decided, outcome: 'skipped', state: 'skipped', why };\n",
      },
    ],
    spec: ABUSE,
    test: 'nothing is refused: a person pays it',
  },
];
