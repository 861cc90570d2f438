import type { GuardMutant } from '../guard-mutant';

const REMEDY = 'libs/application/src/remedy';
const RECONCILE = 'apps/remedy/test/reconcile.int-spec.ts';
const COMPARE = `${REMEDY}/reconcile/compare-payouts`;
const VOUCHERS = 'apps/remedy/test/vouchers.int-spec.ts';
const MESSAGES = 'apps/remedy/test/messages.int-spec.ts';
const PROMISES = 'apps/remedy/test/promises.int-spec.ts';
const OWN_EVENTS = 'apps/standalone/test/own-events.int-spec.ts';
const DECISION = 'apps/remedy/test/decision.int-spec.ts';

/** What is given, told and found out. */
export const OUTWARD: readonly GuardMutant[] = [
  {
    name: 'voucher-turns',
    without: 'the lock under which codes of a pool are given, and the unique codes',
    patches: [
      {
        file: `${REMEDY}/money/voucher-pools.ts`,
        find: '[`voucher:${id}`]',
        replace: '[`voucher:${id}:${String(Math.random())}`]',
      },
    ],
    damage: ['alter table voucher drop constraint voucher_pkey'],
    spec: VOUCHERS,
    test: 'go to nobody twice, however many are decided at once',
  },
  {
    name: 'voucher-taken',
    without: 'the look whether a code was given already, and the unique codes',
    patches: [
      {
        file: `${REMEDY}/money/voucher-pools.ts`,
        find: 'and taken_at is null and (expires_at is null',
        replace: 'and (expires_at is null',
      },
    ],
    damage: ['alter table voucher drop constraint voucher_pkey'],
    spec: VOUCHERS,
    test: 'go to nobody twice, however many are decided at once',
  },
  {
    name: 'voucher-expiring',
    without: 'the end of a code',
    patches: [
      {
        file: `${REMEDY}/money/voucher-pools.ts`,
        find: "and taken_at is null and (expires_at is null or expires_at > now() + interval '1 day')",
        replace: 'and taken_at is null',
      },
    ],
    spec: VOUCHERS,
    test: 'are not given when they are about to expire',
  },
  {
    name: 'voucher-exhausted',
    without: 'a person where a pool has run out',
    patches: [
      {
        file: `${REMEDY}/money/voucher-pools.ts`,
        find: "return choice.kind === 'exhausted' ? choice.reason : undefined;",
        replace: "return choice.kind === 'exhausted' ? undefined : undefined;",
      },
    ],
    spec: VOUCHERS,
    test: 'that have run out ask a person, who lets it wait for more',
  },
  {
    name: 'voucher-guessed',
    without: 'chance in the codes that are made',
    patches: [
      {
        file: `${REMEDY}/money/voucher-code.ts`,
        find: 'randomBytes(GROUPS * GROUP_LENGTH)',
        replace: 'randomBytes(GROUPS * GROUP_LENGTH).fill(7)',
      },
    ],
    spec: `${REMEDY}/money/voucher-code.spec.ts`,
    test: 'voucher codes are four groups of four symbols that cannot be misread, and never the same',
  },
  {
    name: 'message-sum',
    without: 'the look whether a message names the sum that was paid',
    patches: [
      {
        file: `${REMEDY}/messages/claim-messages.ts`,
        find: "return isSame ? undefined : 'it promises another sum than was paid';",
        replace: "return isSame || promised ? undefined : 'it promises another sum than was paid';",
      },
    ],
    spec: MESSAGES,
    test: 'guarantee 3: are refused, loudly, when they name another sum than was paid',
  },
  {
    name: 'message-settled',
    without: 'the message waiting for the money',
    patches: [
      {
        file: `${REMEDY}/money/payouts.ts`,
        find: '    this.startsSending = true;\n',
        replace:
          '    this.startsSending = true;\n    if (announcement) this.messages.push(settledMessage(reserved, announcement));\n',
      },
    ],
    spec: 'apps/remedy/test/refunds.int-spec.ts',
    test: 'guarantee 3: tells the customer only once the service has accepted it',
  },
  {
    name: 'message-taken-back',
    without: 'cancelling the message of what was taken back, and the look when it is sent',
    patches: [
      {
        file: `${REMEDY}/manual/take-back.ts`,
        find: "await cancelMessages(sql, { compensationId: id }, 'reversed');",
        replace: '',
      },
      {
        file: `${REMEDY}/messages/claim-messages.ts`,
        find: "if (compensation.state !== 'settled') return `the payout is ${compensation.state}`;",
        replace: '',
      },
    ],
    spec: MESSAGES,
    test: 'are not sent for money that was taken back',
  },
  {
    name: 'message-late',
    without: 'not handing over what was held up until its lease may be over',
    patches: [
      {
        file: `${REMEDY}/messages/send-due.ts`,
        find: 'if (performance.now() - claimedMs > LATE_MS) return;',
        replace: '',
      },
    ],
    spec: MESSAGES,
    test: 'guarantee 4: what was held up until its lease may be over is not handed over',
  },
  {
    name: 'message-order',
    without: 'the order of the messages of one customer',
    patches: [
      {
        file: `${REMEDY}/messages/claim-messages.ts`,
        find: "and e.state in ('queued', 'sending') and (e.created_at, e.id) < (m.created_at, m.id))",
        replace: 'and false)',
      },
    ],
    spec: MESSAGES,
    test: 'keep their order for each customer, and nobody else waits',
  },
  {
    name: 'message-id',
    without: 'one Message-ID for all tries',
    patches: [
      {
        file: 'libs/channels/src/email/compose-email.ts',
        find: 'messageId: `<${message.id}@${domain}>`,',
        replace: 'messageId: `<${message.id}.${String(Math.random())}@${domain}>`,',
      },
    ],
    spec: MESSAGES,
    test: 'bear the same Message-ID when nobody knows whether the first got through',
  },
  {
    name: 'message-headers',
    without: 'one line for each header',
    patches: [
      {
        file: 'libs/channels/src/email/compose-email.ts',
        find: 'subject: oneLine(message.subject),',
        replace: 'subject: message.subject,',
      },
    ],
    spec: 'libs/channels/src/email/compose-email.spec.ts',
    test: 'bears an id that stays the same and belongs to the sender',
  },
  {
    name: 'message-recipients',
    without: 'one plain address as the recipient',
    patches: [
      {
        file: 'libs/channels/src/email/compose-email.ts',
        find: 'return text.length <= ADDRESS_LENGTH_MAX && ADDRESS.test(text);',
        replace:
          "return text.length <= ADDRESS_LENGTH_MAX && text.includes('@') && ADDRESS.source !== '';",
      },
    ],
    spec: 'libs/channels/src/email/compose-email.spec.ts',
    test: 'does not go to ',
  },
  {
    name: 'message-blocked',
    without: 'the channels that a customer blocks',
    patches: [
      {
        file: `${REMEDY}/messages/send-due.ts`,
        find: "if (customer.blockedChannels.includes(name)) return 'the customer blocks this channel';",
        replace: '',
      },
    ],
    spec: MESSAGES,
    test: 'do not go by a channel that the customer blocks',
  },
  {
    name: 'message-quiet-hours',
    without: 'the quiet hours',
    patches: [
      {
        file: `${REMEDY}/messages/claim-messages.ts`,
        find: "if (quietMs !== undefined) return { by: 'quiet-hours', untilMs: quietMs };",
        replace: '',
      },
    ],
    spec: MESSAGES,
    test: 'are held in quiet hours, never dropped; urgent ones pass',
  },
  {
    name: 'message-frequency',
    without: 'the most messages in a span',
    patches: [
      {
        file: `${REMEDY}/messages/claim-messages.ts`,
        find: 'return cappedMs === undefined ? undefined :',
        replace: 'return cappedMs !== -1 ? undefined :',
      },
    ],
    spec: MESSAGES,
    test: 'are held by a frequency cap until the oldest has left its span',
  },
  {
    name: 'own-events-depth',
    without:
      'the depth by which our own events are told to no rule, in the database and in the engine',
    patches: [
      {
        file: 'migrations/1764000000050-own-events.ts',
        find: 'where t.depth = 0 and exists',
        replace: 'where exists',
      },
      {
        file: 'libs/domain/src/own-events/own-event.ts',
        find: "return typeof depth === 'number' && depth >= OWN_STEPS_MAX;",
        replace: "return typeof depth === 'number' && depth > 1_000 * OWN_STEPS_MAX;",
      },
    ],
    spec: OWN_EVENTS,
    test: 'no chain of rules feeds itself, however many watch each other',
  },
  {
    name: 'own-events-mirror',
    without: 'the look of the engine at the depth of our own events',
    patches: [
      {
        file: 'libs/domain/src/own-events/own-event.ts',
        find: "return typeof depth === 'number' && depth >= OWN_STEPS_MAX;",
        replace: "return typeof depth === 'number' && depth > 1_000 * OWN_STEPS_MAX;",
      },
    ],
    spec: OWN_EVENTS,
    test: 'nor by what comes back from outside',
  },
  {
    name: 'own-events-incident',
    without: 'the depth of an incident that rests on an event of ours',
    patches: [
      {
        file: 'libs/domain/src/own-events/own-event.ts',
        find: 'return isOwn ? 1 : 0;',
        replace: 'return isOwn ? 0 : 0;',
      },
    ],
    spec: OWN_EVENTS,
    test: 'no chain of rules feeds itself, however many watch each other',
  },
  {
    name: 'reconcile-missing-there',
    without: 'raising what the list of a provider lacks',
    patches: [
      {
        file: `${COMPARE}.ts`,
        find: "else if (booked.isRipe) kinds.push('missing_there');",
        replace: '',
      },
    ],
    spec: RECONCILE,
    test: 'name what is missing there, tell of it once, and forget it when it has come',
  },
  {
    name: 'reconcile-missing-here',
    without: 'raising what a provider has paid and we do not know',
    patches: [
      {
        file: `${COMPARE}.ts`,
        find: "if (booked === undefined || booked.state === 'failed') kinds.push('missing_here');",
        replace: '',
      },
    ],
    spec: RECONCILE,
    test: 'name what was paid there and is not known here, as after a backup that was restored',
  },
  {
    name: 'reconcile-doubled',
    without: 'raising what was paid twice under one key',
    patches: [
      {
        file: `${COMPARE}.ts`,
        find: "if (standing.length > 1) kinds.push('doubled');",
        replace: '',
      },
    ],
    spec: RECONCILE,
    test: 'name another sum, another currency, and what was paid twice',
  },
  {
    name: 'reconcile-amount',
    without: 'raising another sum than ours',
    patches: [{ file: `${COMPARE}.ts`, find: "kinds.push('other_amount');", replace: '' }],
    spec: RECONCILE,
    test: 'name another sum, another currency, and what was paid twice',
  },
  {
    name: 'reconcile-currency',
    without: 'raising another currency than ours',
    patches: [{ file: `${COMPARE}.ts`, find: "kinds.push('other_currency');", replace: '' }],
    spec: `${COMPARE}.spec.ts`,
    test: 'is another currency',
  },
  {
    name: 'reconcile-told-once',
    without: 'telling of a difference once',
    patches: [
      {
        file: `${REMEDY}/reconcile/difference-rows.ts`,
        find: 'rows.filter((row) => row.fresh)',
        replace: 'rows.filter((row) => row.fresh || row.key !== "")',
      },
    ],
    spec: RECONCILE,
    test: 'name what is missing there, tell of it once, and forget it when it has come',
  },
  {
    name: 'reconcile-alarm',
    without: 'the alarm about a difference',
    patches: [
      {
        file: `${REMEDY}/reconcile/reconcile.ts`,
        find: "observer.alarm('our books and those of a payout provider differ', about);",
        replace: 'void about;',
      },
    ],
    spec: RECONCILE,
    test: 'name what is missing there, tell of it once, and forget it when it has come',
  },
  {
    name: 'reconcile-half-list',
    without: 'judging by a whole list only',
    patches: [
      {
        file: 'libs/channels/src/refund/webhook-provider.ts',
        find: 'if (page === undefined) throw new Error(`${this.name} did not give its list`);',
        replace: 'if (page === undefined) return;',
      },
    ],
    spec: RECONCILE,
    test: 'are not judged by half a list',
  },
  {
    name: 'reconcile-claim',
    without: 'the claim by which one process reconciles',
    patches: [
      {
        file: `${REMEDY}/reconcile/reconcile-nightly.ts`,
        find: 'where r.claimed_until < now()\n           and (r.through is null',
        replace: 'where r.claimed_until is not null\n           and (r.through is null',
      },
    ],
    spec: RECONCILE,
    test: 'are compared once a night, by whichever process comes first',
  },
  {
    name: 'promise-hold',
    without: 'raising a hold that stays too long',
    patches: [
      {
        file: `${REMEDY}/promises/late-promises.ts`,
        find: "where state in ('activating', 'active') and created_at < now() - $2",
        replace: 'where false and created_at < now() - $2',
      },
    ],
    spec: PROMISES,
    test: 'are told of once each when they stay open too long, and counted while they do',
  },
  {
    name: 'promise-unknown',
    without: 'raising a payout of which nobody knows for too long whether it moved',
    patches: [
      {
        file: `${REMEDY}/promises/late-promises.ts`,
        find: "where c.state = 'unknown' and a.at",
        replace: 'where false and a.at',
      },
    ],
    spec: PROMISES,
    test: 'an unknown payout, a replacement that is not sent, an approval: each by its own time',
  },
  {
    name: 'promise-replacement',
    without: 'raising a replacement that is not sent',
    patches: [
      {
        file: `${REMEDY}/promises/late-promises.ts`,
        find: "where kind = 'replacement' and state in",
        replace: "where kind = 'nothing' and state in",
      },
    ],
    spec: PROMISES,
    test: 'an unknown payout, a replacement that is not sent, an approval: each by its own time',
  },
  {
    name: 'promise-approval',
    without: 'counting an approval that waits too long',
    patches: [
      {
        file: `${REMEDY}/promises/late-promises.ts`,
        find: "where state = 'open' and requested_at",
        replace: 'where false and requested_at',
      },
    ],
    spec: PROMISES,
    test: 'an unknown payout, a replacement that is not sent, an approval: each by its own time',
  },
  {
    name: 'payment-unknown',
    without: 'a person where a refund names no payment',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: "if (as === 'refund' && payment === null) return undefined;",
        replace: '',
      },
    ],
    spec: DECISION,
    test: 'guarantee 7: a refund whose payment is not known waits for a person',
  },
  {
    name: 'no-provider',
    without: 'holding what nobody is set up to pay',
    patches: [
      {
        file: `${REMEDY}/money/payouts.ts`,
        find: 'if (!provider) return this.hold(compensation, author, NO_PROVIDER);',
        replace:
          "if (!provider) return { ...compensation, state: 'failed', failure: NO_PROVIDER };",
      },
    ],
    spec: DECISION,
    test: 'keeps a refund waiting, and never loses it, while no provider is set up',
  },
  {
    name: 'shadow',
    without: 'that a rule on trial moves nothing',
    patches: [
      {
        file: `${REMEDY}/decision/conclude-case.ts`,
        find: 'if (decided.incident.lane !== LIVE_LANE)\n    return shadowed(',
        replace: 'if (decided.incident.lane === -1)\n    return shadowed(',
      },
    ],
    spec: DECISION,
    test: 'semantics 7: shadow decides, counts for itself, and moves nothing',
  },
  {
    name: 'refuted',
    without: 'paying nothing for what turned out to be none',
    patches: [
      {
        file: `${REMEDY}/decision/decide-batch.ts`,
        find: 'if (incident.isRefuted && incident.lane === LIVE_LANE) {',
        replace: 'if (incident.isRefuted && incident.lane === -1) {',
      },
      {
        file: `${REMEDY}/decision/decide-batch.ts`,
        find: "if (incident.state === 'dismissed' || incident.state === 'refuted') return true;",
        replace: "if (incident.state === 'dismissed') return true;",
      },
    ],
    spec: 'apps/remedy/test/refute.int-spec.ts',
    test: 'semantics 13: is not paid when it is known before the decision',
  },
  {
    name: 'erased-at-the-door',
    without: 'turning away events about somebody who was erased',
    patches: [
      {
        file: 'libs/application/src/erasure/erased-customers.ts',
        find: 'return this.pseudonyms.has(pseudonymOf(this.secret, customerId));',
        replace: "return this.pseudonyms.has(pseudonymOf(this.secret, customerId) + '?');",
      },
    ],
    spec: 'apps/api/test/erasure.int-spec.ts',
    test: 'events about them that come later are turned away, and those about others are not',
  },
  {
    name: 'event-id-reused',
    without: 'the body that an event id belongs to',
    patches: [
      {
        file: 'libs/messaging/src/log/seen-events.ts',
        find: "return body.equals(this.bodyHash(index)) ? 'duplicate' : 'quarantined';",
        replace: "return body.length > 0 ? 'duplicate' : 'quarantined';",
      },
    ],
    spec: 'apps/api/test/events.int-spec.ts',
    test: 'semantics 2: the same id with another body is set aside and said to be',
  },
];
