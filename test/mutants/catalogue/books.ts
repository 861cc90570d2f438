import type { GuardMutant } from '../guard-mutant';

const AUDIT = 'libs/application/src/audit';
const GRANTS = 'libs/persistence/src/roles/grants.ts';
const LEDGER = 'apps/remedy/test/ledger.int-spec.ts';
const CHAIN = 'apps/api/test/audit-chain.int-spec.ts';
const ATTACKS = 'libs/persistence/src/roles/grants.int-spec.ts';

/** What keeps the books and the audit true. */
export const BOOKS: readonly GuardMutant[] = [
  {
    name: 'ledger-balances',
    without: 'the trigger that takes no posting that does not balance',
    patches: [],
    damage: ['drop trigger ledger_entry_balances on ledger_entry'],
    spec: LEDGER,
    test: 'takes no posting that ',
  },
  {
    name: 'ledger-balances-currency',
    without: 'balancing each currency by itself',
    patches: [
      {
        file: 'migrations/1764000000040-append-only-ledger.ts',
        find: 'group by tx_id, currency having',
        replace: 'group by tx_id having',
      },
    ],
    spec: LEDGER,
    test: 'takes no posting that ',
  },
  {
    name: 'ledger-posted',
    without: 'the trigger that takes no posting without entries',
    patches: [],
    damage: ['drop trigger ledger_tx_posted on ledger_tx'],
    spec: LEDGER,
    test: 'takes no posting without entries',
  },
  {
    name: 'ledger-append-only',
    without: 'the trigger that keeps entries as they are',
    patches: [],
    damage: ['drop trigger ledger_entry_append_only on ledger_entry'],
    spec: LEDGER,
    test: 'is append only: ',
  },
  {
    name: 'ledger-tx-append-only',
    without: 'the trigger that keeps postings as they are',
    patches: [],
    damage: ['drop trigger ledger_tx_append_only on ledger_tx'],
    spec: LEDGER,
    test: 'is append only: ',
  },
  {
    name: 'ledger-grants',
    without: 'the right to change the ledger being taken from its owner',
    patches: [
      {
        file: 'migrations/1764000000040-append-only-ledger.ts',
        find: 'revoke update, delete, truncate on ledger_tx, ledger_entry from public, current_user;',
        replace: '',
      },
    ],
    spec: LEDGER,
    test: 'is held by grants alone where the triggers are off and the service is no superuser',
  },
  {
    name: 'ledger-once',
    without: 'one posting of a kind for each reservation',
    patches: [],
    damage: ['alter table ledger_tx drop constraint ledger_tx_compensation_id_round_kind_key'],
    spec: LEDGER,
    test: 'takes no second posting of a kind for one reservation',
  },
  {
    name: 'wallet-below-zero',
    without: 'the look whether a wallet has what is taken back',
    patches: [
      {
        file: 'libs/application/src/remedy/manual/take-back.ts',
        find: 'if ((rows[0]?.balance_minor ?? 0n) >= money.minor) return;',
        replace: 'if ((rows[0]?.balance_minor ?? 0n) >= -money.minor) return;',
      },
    ],
    spec: 'apps/remedy/test/approvals.int-spec.ts',
    test: 'cannot be taken back out of a wallet that has less',
  },
  {
    name: 'books-checked',
    without: 'raising a total that is not what the ledger says',
    patches: [
      {
        file: 'libs/application/src/remedy/books/check-books.ts',
        find: 'where kept <> ledger order by',
        replace: 'where kept <> ledger and false order by',
      },
    ],
    spec: LEDGER,
    test: 'finds nothing in order, and names what somebody changed',
  },
  {
    name: 'audit-append-only',
    without: 'the trigger that keeps audit rows as they are',
    patches: [],
    damage: ['drop trigger audit_append_only on audit'],
    spec: CHAIN,
    test: 'is append only: ',
  },
  {
    name: 'seal-append-only',
    without: 'the trigger that keeps links as they are',
    patches: [],
    damage: ['drop trigger audit_seal_append_only on audit_seal'],
    spec: CHAIN,
    test: 'is append only: ',
  },
  {
    name: 'anchors-append-only',
    without: 'the trigger that keeps the list of anchors as it is',
    patches: [],
    damage: ['drop trigger audit_anchor_append_only on audit_anchor'],
    spec: CHAIN,
    test: 'is append only: ',
  },
  {
    name: 'chain-link',
    without: 'the link before in the link of a row',
    patches: [
      {
        file: `${AUDIT}/audit-link.ts`,
        find: "createHash('sha256').update(before).update(content, 'utf8')",
        replace: "createHash('sha256').update(before.subarray(32)).update(content, 'utf8')",
      },
    ],
    spec: CHAIN,
    test: 'sees a row that was taken out, with its link or without',
  },
  {
    name: 'chain-content',
    without: 'the reason in what is linked',
    patches: [{ file: `${AUDIT}/audit-link.ts`, find: "'reason', reason, ", replace: '' }],
    spec: CHAIN,
    test: 'sees the least change of ',
  },
  {
    name: 'chain-inserted',
    without: 'the look for rows that have no link',
    patches: [
      {
        file: `${AUDIT}/verify-audit.ts`,
        find: "this.blame({ seq: found.seq, code: 'entry_inserted' });",
        replace: '',
      },
    ],
    spec: CHAIN,
    test: 'sees a row that was put in between',
  },
  {
    name: 'chain-tail',
    without: 'the look whether the chain reaches as far as the ends that were handed out',
    patches: [
      {
        file: `${AUDIT}/verify-audit.ts`,
        find: "this.blameAnchor(anchor, anchor.seq > this.lastSeq ? 'tail_missing' : 'anchor_mismatch');",
        replace: "if (anchor.seq <= this.lastSeq) this.blameAnchor(anchor, 'anchor_mismatch');",
      },
    ],
    spec: CHAIN,
    test: 'show that the end was dropped',
  },
  {
    name: 'chain-anchors',
    without: 'holding the chain against the ends that were handed out',
    patches: [
      {
        file: `${AUDIT}/verify-audit.ts`,
        find: "if (!anchor.hash.equals(hash)) this.blameAnchor(anchor, 'anchor_mismatch');",
        replace: '',
      },
    ],
    spec: CHAIN,
    test: 'show that all was written anew, which the chain alone cannot',
  },
  {
    name: 'chain-holes',
    without: 'waiting for a number that may still be committed',
    patches: [
      {
        file: `${AUDIT}/seal-audit.ts`,
        find: 'for (const writer of this.watch.writers) if (writers.has(writer)) return undefined;',
        replace: '',
      },
    ],
    spec: CHAIN,
    test: 'a number that is not committed yet holds the rows behind it back, and they follow in order',
  },
  {
    name: 'chain-turns',
    without: 'the lock under which one process links at a time',
    patches: [
      {
        file: `${AUDIT}/seal-audit.ts`,
        find: 'return rows[0]?.free === true;',
        replace: 'return rows.length === 1;',
      },
    ],
    spec: CHAIN,
    test: '16 writers and 3 who link: every row once, and the chain is whole',
  },
  {
    name: 'anchor-signed',
    without: 'the signature of an anchor that is sent',
    patches: [
      {
        file: 'libs/channels/src/anchor/webhook-anchor.ts',
        find: 'this.signer.sign(id, now, body)',
        replace: "this.signer.sign(id, now, '')",
      },
    ],
    spec: CHAIN,
    test: 'are sent as signed webhooks, again until they were taken',
  },
  {
    name: 'personal-enciphered',
    without: 'enciphering what is about a customer before it is hashed',
    patches: [
      {
        file: `${AUDIT}/personal-cipher.ts`,
        find: 'return Buffer.concat([nonce, cipher.getAuthTag(), body]);',
        replace:
          'return Buffer.concat([nonce, cipher.getAuthTag(), body.subarray(body.length), Buffer.from(text)]);',
      },
    ],
    spec: 'apps/api/test/audit.int-spec.ts',
    test: 'what is said about a customer is found by the customer, and is nowhere in clear',
  },
  {
    name: 'personal-in-clear',
    without: 'taking what is about a customer out of the columns that everybody reads',
    patches: [
      {
        file: `${AUDIT}/personal-part.ts`,
        find: '      ...NOTHING,\n      pseudonym: key.pseudonym,',
        replace: '      pseudonym: key.pseudonym,',
      },
    ],
    spec: 'apps/api/test/audit.int-spec.ts',
    test: 'what is said about a customer is found by the customer, and is nowhere in clear',
  },
  {
    name: 'erased-key',
    without: 'the key of a customer being thrown away with the rest',
    patches: [
      {
        file: 'libs/application/src/erasure/mark-erased.ts',
        find: "await sql.query('delete from customer_key where customer_id = $1', [customerId]);",
        replace: '',
      },
      {
        file: 'libs/application/src/erasure/erase-money.ts',
        find: "`delete from customer_key where customer_id = $1 and $2 <> ''`,",
        replace: '',
      },
    ],
    spec: 'apps/api/test/erasure.int-spec.ts',
    test: 'after erasing, nothing of them is left anywhere, nor their id',
  },
  {
    name: 'erased-no-new-key',
    without: 'making no key for somebody who was erased',
    patches: [
      {
        file: `${AUDIT}/customer-keys.ts`,
        find: 'where not exists (select 1 from customer_erasure e where e.pseudonym = customer_pseudonym(n.id))',
        replace: '',
      },
    ],
    spec: 'apps/api/test/erasure.int-spec.ts',
    test: 'what people write about them later is not kept either',
  },
  {
    name: 'erased-under-way',
    without: 'waiting with an erasure for money that is on its way',
    patches: [
      {
        file: 'libs/application/src/erasure/mark-erased.ts',
        find: 'if (underWay.length > 0) throw moneyOnItsWay(underWay);',
        replace: '',
      },
    ],
    spec: 'apps/api/test/erasure.int-spec.ts',
    test: 'while money is on its way to them, nothing is erased',
  },
  {
    name: 'grant-detector-pays',
    without: 'the detector having no right to the ledger',
    patches: [
      {
        file: GRANTS,
        find: "ledger_tx: { api: 'select', desk: POSTING, remedy: POSTING },",
        replace: "ledger_tx: { api: 'select', desk: POSTING, detector: POSTING, remedy: POSTING },",
      },
      {
        file: GRANTS,
        find: "ledger_entry: { api: 'select', desk: ENTRY, remedy: ENTRY },",
        replace: "ledger_entry: { api: 'select', desk: ENTRY, detector: ENTRY, remedy: ENTRY },",
      },
    ],
    spec: ATTACKS,
    test: ' is refused: ',
  },
  {
    name: 'grant-rest-writes-ledger',
    without: 'REST having no right to write the ledger',
    patches: [
      {
        file: GRANTS,
        find: "ledger_entry: { api: 'select', desk: ENTRY, remedy: ENTRY },",
        replace: 'ledger_entry: { api: ENTRY, desk: ENTRY, remedy: ENTRY },',
      },
    ],
    spec: ATTACKS,
    test: ' is refused: ',
  },
  {
    name: 'grant-rest-approves',
    without: 'REST having no right to say yes',
    patches: [{ file: GRANTS, find: '      update (used_at)`,', replace: '      update`,' }],
    spec: ATTACKS,
    test: ' is refused: ',
  },
  {
    name: 'grant-remedy-bounds',
    without: 'remedy having no right to change what bounds it',
    patches: [
      {
        file: GRANTS,
        find: "remedy: 'select, update (held_minor, spent_minor, period_key, updated_at)',",
        replace: "remedy: 'select, update',",
      },
    ],
    spec: ATTACKS,
    test: ' is refused: ',
  },
  {
    name: 'grant-audit-time',
    without: 'time and place of an audit row being the database’s to say',
    patches: [
      {
        file: GRANTS,
        find: 'const AUDIT = `select, insert (actor_kind, actor_id, action, object, before, after, reason, request_id,\n  pseudonym, personal)`;',
        replace: "const AUDIT = 'select, insert';",
      },
    ],
    spec: ATTACKS,
    test: ' is refused: ',
  },
];
