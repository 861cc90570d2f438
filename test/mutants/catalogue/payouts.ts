import type { GuardMutant } from '../guard-mutant';

const PAYOUT = 'libs/application/src/remedy/payout';
const PROVIDERS = 'apps/remedy/test/providers.int-spec.ts';
const REFUNDS = 'apps/remedy/test/refunds.int-spec.ts';
const PLAN = `${PAYOUT}/plan-payout.spec.ts`;
const GUARD = `${PAYOUT}/provider-guard.spec.ts`;
const HOOKS = 'libs/channels/src/refund/webhook-provider.spec.ts';
const STRIPE = 'libs/channels/src/stripe/stripe-provider.int-spec.ts';
const LANES = 'apps/remedy/test/payout-lanes.int-spec.ts';

/** What keeps a payout from leaving twice, too high, or unseen. */
export const PAYOUTS: readonly GuardMutant[] = [
  {
    name: 'captured-sum',
    without: 'the look whether refunds of a payment come to more than was captured',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: 'refunded + money.minor > captured.minor',
        replace: 'refunded < 0n',
      },
    ],
    spec: PROVIDERS,
    test: 'refunds one payment by no more than was captured',
  },
  {
    name: 'other-refunds',
    without: 'the sum of the other refunds of the same payment',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: "filter (where a.state <> 'failed' and c.kind = 'refund'), 0)::bigint",
        replace: 'filter (where false), 0)::bigint',
      },
    ],
    spec: PROVIDERS,
    test: 'refunds one payment by no more than was captured',
  },
  {
    name: 'payment-turns',
    without: 'the lock under which refunds of one payment take turns',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: '[`payment:${payment}`]',
        replace: '[`payment:${payment}:${id}`]',
      },
    ],
    spec: PROVIDERS,
    test: 'of two refunds at once that together are too much one is sent',
  },
  {
    name: 'captured-currency',
    without: 'the look whether a refund is in the currency that was captured',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: 'captured.currency !== money.currency',
        replace: "captured.currency === ''",
      },
    ],
    spec: PROVIDERS,
    test: 'refunds in the currency that was captured, or not at all',
  },
  {
    name: 'capture-read',
    without: 'asking what was captured before the first refund of a payment',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: 'if (captured === undefined && canReadPayments) return',
        replace: "if (captured === undefined && canReadPayments && id === '') return",
      },
    ],
    spec: PROVIDERS,
    test: 'refunds one payment by no more than was captured',
  },
  {
    name: 'spacing',
    without: 'the time between two refunds of one payment',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: 'return waitMs > 0 ?',
        replace: 'return waitMs > Infinity ?',
      },
    ],
    spec: PROVIDERS,
    test: 'keeps refunds of one payment as far apart as the provider wants',
  },
  {
    name: 'partial-refunds',
    without: 'the most refunds that a provider takes of one payment',
    patches: [
      {
        file: `${PAYOUT}/judge-payment.ts`,
        find: 'if (count >= maxPartialRefunds)',
        replace: 'if (count < 0)',
      },
    ],
    spec: PROVIDERS,
    test: 'sends no more refunds of one payment than the provider takes',
  },
  {
    name: 'attempt-first',
    without: 'the attempt being committed before its first byte leaves',
    patches: [
      {
        file: `${PAYOUT}/payout-lane.ts`,
        find: 'return this.remedy.database.transaction((sql) => preparePayout(sql, this.remedy, id));',
        replace: `return this.remedy.database.transaction(async (sql) => {
          const one = await preparePayout(sql, this.remedy, id);
          if (one.kind === 'send' || one.kind === 'query') one.early = await this.request(one);
          return one;
        });`,
      },
      {
        file: `${PAYOUT}/payout-lane.ts`,
        find: 'isLate ? TOO_LATE : await this.request(prepared)',
        replace: 'prepared.early',
      },
    ],
    spec: REFUNDS,
    test: 'the attempt is in the database when its first byte arrives',
  },
  {
    name: 'one-key',
    without: 'one key for all sendings of an attempt',
    patches: [
      {
        file: `${PAYOUT}/payout-lane.ts`,
        find: '    key: attempt.key,\n    kind:',
        replace: '    key: `${attempt.key}-${attempt.sends}`,\n    kind:',
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 2: a service that pays and answers 500 pays once',
  },
  {
    name: 'derived-key',
    without: 'a key that is the same whoever makes it',
    patches: [
      {
        file: `${PAYOUT}/attempt-rows.ts`,
        find: "update(key).digest('base64url')",
        replace: "update(key + Math.random()).digest('base64url')",
      },
    ],
    spec: PLAN,
    test: 'is a part of its hash where not, the same whenever it is made',
  },
  {
    name: 'key-window',
    without: 'the end of the time in which a provider knows a key',
    patches: [
      {
        file: `${PAYOUT}/retry-policy.ts`,
        find: 'return ageMs < Math.min(keyWindowMs * WINDOW_SHARE, RESEND_MAX_MS);',
        replace: 'return ageMs < Math.max(keyWindowMs, Infinity);',
      },
    ],
    spec: REFUNDS,
    test: 'asks the service and never sends again',
  },
  {
    name: 'key-window-most',
    without: 'the most that any key is trusted for, whatever its provider says',
    patches: [
      {
        file: `${PAYOUT}/retry-policy.ts`,
        find: 'Math.min(keyWindowMs * WINDOW_SHARE, RESEND_MAX_MS)',
        replace: 'keyWindowMs * WINDOW_SHARE',
      },
    ],
    spec: PLAN,
    test: 'guarantee 2: decides as the table does',
  },
  {
    name: 'new-number',
    without: 'a positive failure before a new number',
    patches: [
      {
        file: `${PAYOUT}/plan-payout.ts`,
        find: "case 'unknown':\n      return planUnknown(capabilities, latest, isOnHold);",
        replace: "case 'unknown':\n      return { kind: 'send', number: latest.number + 1 };",
      },
    ],
    spec: PLAN,
    test: 'guarantee 7: never takes a new number while the outcome is not known',
  },
  {
    name: 'unknown-is-failed',
    without: 'taking no answer for what it is: not known',
    patches: [
      {
        file: `${PAYOUT}/record-answer.ts`,
        find: 'const proof = proofOfFailure(answer, latest);',
        replace:
          "const proof = proofOfFailure(answer, latest) ?? (answer.kind === 'unknown' ? 'no' : undefined);",
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 7: a time-out is no failure: the same key is sent again',
  },
  {
    name: 'not-found-twice',
    without: 'asking a second time before "not found" counts',
    patches: [
      {
        file: `${PAYOUT}/record-answer.ts`,
        find: "answer.kind === 'not_found' && isSaidAgain ?",
        replace: "answer.kind === 'not_found' && (isSaidAgain || true) ?",
      },
    ],
    spec: REFUNDS,
    test: 'takes "not found" for a failure only when it is said again',
  },
  {
    name: 'not-found-later',
    without: 'the quarter of an hour before "not found" counts when it is said again',
    patches: [
      {
        file: `${PAYOUT}/record-answer.ts`,
        find: 'notFoundAgeMs !== null && notFoundAgeMs >= NOT_FOUND_AGAIN_MS',
        replace: 'notFoundAgeMs !== null',
      },
    ],
    spec: REFUNDS,
    test: 'takes "not found" for a failure only when it is said again',
  },
  {
    name: 'refusal-of-repeat',
    without: 'doubting a refusal of what was sent before',
    patches: [
      {
        file: 'libs/channels/src/refund/read-answer.ts',
        find: "if (statement?.kind === 'rejected' || !isResend) return rejected(said, status);",
        replace: 'return rejected(said, status);',
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 7: takes a refusal of a repeat for no proof, unless it says so',
  },
  {
    name: 'already-refunded',
    without: 'doubting "already refunded" in answer to a repeat',
    patches: [
      {
        file: 'libs/channels/src/refund/read-answer.ts',
        find: 'MAYBE_OURS.includes(statement.code)',
        replace: "statement.code === ''",
      },
    ],
    spec: 'libs/channels/src/refund/read-answer.spec.ts',
    test: 'a repeat that finds it paid already may speak of our own payout',
  },
  {
    name: 'not-now',
    without: 'taking "too many requests" for "later"',
    patches: [
      {
        file: 'libs/channels/src/refund/read-answer.ts',
        find: 'const NOT_NOW = [408, 409, 425, 429];',
        replace: 'const NOT_NOW = [408, 409, 425];',
      },
    ],
    spec: REFUNDS,
    test: 'takes 429 for "later", and never for a failure',
  },
  {
    name: 'overtaken-answer',
    without: 'passing over an answer after which the same key was sent again',
    patches: [
      {
        file: `${PAYOUT}/record-answer.ts`,
        find: "if (latest.sends !== attempt.sends) return 'overtaken';",
        replace: '',
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 7: a refusal that comes after the same key was sent again is no proof',
  },
  {
    name: 'late-sending',
    without: 'not sending what was held up until its lease may be over',
    patches: [
      {
        file: `${PAYOUT}/payout-lane.ts`,
        find: 'const isLate = startedMs - preparedMs > LATE_MS;',
        replace: 'const isLate = startedMs - preparedMs > Infinity;',
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 4: what was held up until its lease may be over is not sent',
  },
  {
    name: 'own-reference',
    without: 'the look whether another payout has the same reference',
    patches: [
      {
        file: `${PAYOUT}/record-answer.ts`,
        find: 'if (!(await isRefTaken(sql, attempt.provider, ref, attempt.id))) return ref;',
        replace: 'if (ref.length > 0) return ref;',
      },
    ],
    spec: REFUNDS,
    test: 'bears with a service that gives every refund the same reference',
  },
  {
    name: 'retry-of-failed',
    without: 'retrying only what has positively failed',
    patches: [
      {
        file: 'libs/application/src/remedy/manual/retry-compensation.ts',
        find: "if (failed.state !== 'failed') {",
        replace: "if (failed.state === 'proposed') {",
      },
    ],
    spec: 'apps/api/test/authorisation.int-spec.ts',
    test: 'a compensation that is',
  },
  {
    name: 'retry-limits',
    without: 'counting in the limits anew before a retry',
    patches: [
      {
        file: 'libs/application/src/remedy/manual/retry-compensation.ts',
        find: 'await countAgain(sql, this.remedy, failed, origin);',
        replace: '',
      },
    ],
    spec: REFUNDS,
    test: 'does not retry what has used up its limit in the meantime',
  },
  {
    name: 'retry-only-one',
    without: 'the look whether another was given instead of what is retried, and the unique index',
    patches: [
      {
        file: 'libs/application/src/remedy/manual/retry-compensation.ts',
        find: 'await requireOnlyOne(sql, failed);',
        replace: '',
      },
    ],
    damage: ['drop index compensation_one_live'],
    spec: REFUNDS,
    test: 'guarantee 2: is not retried once the same incident was made good by hand',
  },
  {
    name: 'blind-provider',
    without: 'a person in front of a provider that knows no key again and cannot be asked',
    patches: [
      {
        file: `${PAYOUT}/needs-person.ts`,
        find: 'if (provider === undefined || !isBlind(provider)) return undefined;',
        replace: 'if (provider === undefined || isBlind(provider)) return undefined;',
      },
    ],
    spec: PROVIDERS,
    test: 'is used behind a person, who is asked again when the answer is lost',
  },
  {
    name: 'breaker',
    without: 'the circuit breaker',
    patches: [
      {
        file: `${PAYOUT}/provider-guard.ts`,
        find: 'handleWhenResult((said) => isTrouble(said as Said))',
        replace: 'handleWhenResult((said) => isTrouble(said as Said) && false)',
      },
    ],
    spec: GUARD,
    test: 'opens after five answers in a row that say nothing, and lets nobody through',
  },
  {
    name: 'bulkhead',
    without: 'the most requests at a time',
    patches: [
      {
        file: `${PAYOUT}/provider-guard.ts`,
        find: 'Math.max(0, this.provider.atOnceMax - this.inFlight)',
        replace: '1_000',
      },
    ],
    spec: GUARD,
    test: 'lets through as many at a time as the provider takes',
  },
  {
    name: 'overtime',
    without: 'giving up an adapter that never answers',
    patches: [
      {
        file: `${PAYOUT}/provider-guard.ts`,
        find: 'provider.timeoutMs + OVERTIME_MS',
        replace: '86_400_000',
      },
    ],
    spec: GUARD,
    test: 'guarantee 7: gives up an adapter that never answers, and says that nobody knows',
  },
  {
    name: 'own-lane',
    without: 'starting payouts without waiting for those of other providers',
    patches: [
      {
        file: `${PAYOUT}/payout-lane.ts`,
        find: 'for (const { id } of rows) this.start(id);\n    return rows.length;',
        replace:
          'for (const { id } of rows) this.start(id);\n    await this.settled();\n    return rows.length;',
      },
    ],
    spec: LANES,
    test: 'one that hangs keeps up neither the other nor the wallets, and is left alone',
  },
  {
    name: 'pending-failure',
    without: 'taking out of the books what fails after it had been accepted',
    patches: [
      {
        file: `${PAYOUT}/ask-pending.ts`,
        find: 'await failAccepted(sql, this.remedy, compensation, failureProof);',
        replace: '',
      },
    ],
    spec: PROVIDERS,
    test: 'guarantee 3: takes a refund that fails after days out of the books again',
  },
  {
    name: 'hook-signature',
    without: 'the signature of a webhook of Stripe',
    patches: [
      {
        file: 'libs/channels/src/stripe/stripe-provider.ts',
        find: 'this.stripe.webhooks.constructEvent(bytes, signature, webhookSecret)',
        replace: 'signature === webhookSecret || JSON.parse(bytes.toString())',
      },
    ],
    spec: STRIPE,
    test: 'are refused ',
  },
  {
    name: 'hook-age',
    without: 'the age at which a signed webhook of Stripe is too old',
    patches: [
      {
        file: 'libs/channels/src/stripe/stripe-provider.ts',
        find: 'constructEvent(bytes, signature, webhookSecret)',
        replace: 'constructEvent(bytes, signature, webhookSecret, 1e9)',
      },
    ],
    spec: STRIPE,
    test: 'are refused when they are old',
  },
  {
    name: 'own-hook-signature',
    without: 'the signature of a webhook of the company’s own service',
    patches: [
      {
        file: 'libs/channels/src/refund/webhook-provider.ts',
        find: 'this.signer.verify(text, Object.fromEntries(plain) as Record<string, string>);',
        replace: 'Object.fromEntries(plain);',
      },
    ],
    spec: HOOKS,
    test: 'are refused ',
  },
  {
    name: 'own-hook-age',
    without: 'the age at which a signed webhook of the company’s own service is too old',
    patches: [
      {
        file: 'libs/channels/src/refund/webhook-provider.ts',
        find: 'this.signer.verify(text, Object.fromEntries(plain) as Record<string, string>);',
        replace: `const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
      if (this.signer.sign(headers['webhook-id'] ?? '', at, text) !== headers['webhook-signature']) {
        throw new Error(Object.keys(plain).join());
      }`,
      },
    ],
    spec: HOOKS,
    test: 'are refused when they are old',
  },
  {
    name: 'hook-once',
    without: 'the row by which a webhook that comes again is known',
    patches: [
      {
        file: `${PAYOUT}/take-payout-hook.ts`,
        find: "if (rowCount === 0) return 'known';",
        replace: "if (rowCount === -1) return 'known';",
      },
    ],
    spec: 'apps/remedy/test/payout-hooks.int-spec.ts',
    test: 'may come as often as they like: each is looked after once',
  },
  {
    name: 'signed-request',
    without: 'a signature over the body of what is sent',
    patches: [
      {
        file: 'libs/channels/src/refund/webhook-provider.ts',
        find: "'webhook-signature': this.signer.sign(key, now, body),",
        replace: "'webhook-signature': this.signer.sign(key, now, ''),",
      },
    ],
    spec: REFUNDS,
    test: 'guarantee 3: tells the customer only once the service has accepted it',
  },
];
