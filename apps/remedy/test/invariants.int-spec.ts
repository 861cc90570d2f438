import { Approve, CreateHold, CreateManualCompensation, ReleaseHold } from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import {
  findViolations,
  MONEY_INVARIANTS,
  useTestDatabase,
  viewOf,
  WebhookReceiver,
} from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;

/** One thing broken on purpose, and the check that must see it. */
const MUTATIONS: readonly (readonly [id: string, what: string, sql: string])[] = [
  [
    'I-06',
    'a second attempt without proof',
    `insert into payment_attempt (id, compensation_id, attempt_no, provider, idem_key, request_hash, amount_minor, currency, state, key_window) select 'x', compensation_id, 2, provider, 'x', request_hash, amount_minor, currency, 'sent', key_window from payment_attempt limit 1`,
  ],
  [
    'I-07',
    'a posting that does not balance',
    `alter table ledger_entry disable trigger user; update ledger_entry set amount_minor = amount_minor + 1 where id = (select min(id) from ledger_entry)`,
  ],
  [
    'I-07',
    'a transaction without postings',
    `insert into ledger_tx (id, compensation_id, kind, round) select 'x', id, 'void', 9 from compensation limit 1`,
  ],
  [
    'I-07',
    'a posting over two currencies',
    `alter table ledger_entry disable trigger user; update ledger_entry set currency = 'USD' where id = (select min(id) from ledger_entry)`,
  ],
  [
    'I-08',
    'a posting over another sum than is owed',
    `alter table ledger_entry disable trigger user; update ledger_entry set amount_minor = 2 * amount_minor where tx_id = (select min(tx_id) from ledger_entry)`,
  ],
  ['I-08', 'a voucher of somebody else', `update voucher set customer_id = 'eve'`],
  [
    'I-08',
    'an attempt over another sum',
    `update payment_attempt set amount_minor = amount_minor + 1`,
  ],
  [
    'I-10',
    'a budget that spent less than was paid',
    `update budget set spent_minor = spent_minor - 1`,
  ],
  [
    'I-10',
    'a budget that was made smaller than what it spent',
    `alter table budget drop constraint budget_check; update budget set limit_minor = 1`,
  ],
  [
    'B-02',
    'a sum in the budget of another brand',
    `update budget set brand = 'acme'; update compensation set brand = 'nova'`,
  ],
  [
    'I-12',
    'a message that promises money still under way',
    `update message set state = 'sending'; update compensation set state = 'sending' where kind = 'refund'`,
  ],
  [
    'I-12',
    'a message that promises more',
    `update message set state = 'sent', sent_at = now(), promised_minor = promised_minor + 1 where id = (select min(id) from message)`,
  ],
  [
    'I-13',
    'a payout that nobody is told of',
    `delete from message where id = (select min(id) from message)`,
  ],
  [
    'I-14',
    'a payout between two states',
    `update compensation set state = 'sending' where id = (select min(id) from compensation)`,
  ],
  [
    'I-16',
    'a key sent after its window',
    `update payment_attempt set last_sent_at = first_sent_at + interval '25 hours'`,
  ],
  [
    'I-14',
    'news that nobody relayed',
    `insert into outbox (shard, topic, type, subject, customer_id, event_id, data, at) values (0, 't', 't', 's', 'c', 'e', '{}', now() - interval '1 hour')`,
  ],
  [
    'I-17',
    'money sent before it was set aside',
    `update payment_attempt set first_sent_at = first_sent_at - interval '1 day', last_sent_at = last_sent_at - interval '1 day'`,
  ],
  [
    'I-17',
    'a message before the money',
    `update message set state = 'sent', sent_at = now() - interval '1 day' where id = (select min(id) from message)`,
  ],
  [
    'I-18',
    'a payout while everything is stopped',
    `insert into hold (id, scope, payments, messages, reason, state, effective_at, created_by) values ('x', '{"all": true}', true, true, '', 'active', now() - interval '1 day', 'x')`,
  ],
  ...[
    `{"rule": "late"}`,
    `{"customer": "ana"}`,
    `{"label": {"team": "delivery"}}`,
    `{"label": "team=delivery"}`,
  ].map(
    (scope) =>
      [
        'I-18',
        `a payout that a hold of ${scope} stops`,
        `insert into hold (id, scope, payments, messages, reason, state, effective_at, created_by) values ('x', '${scope}', true, true, '', 'active', now() - interval '1 day', 'x')`,
      ] as const,
  ),
  ['I-19', 'no approval at all', `delete from approval`],
  [
    'I-19',
    'an approval after the money was set aside',
    `update approval set decided_at = decided_at + interval '1 hour'`,
  ],
  [
    'I-19',
    'an approval of something else',
    `update approval set content_hash = 'other' where state = 'approved'`,
  ],
  [
    'I-20',
    'an approval by whoever proposed it',
    `alter table approval drop constraint approval_check; update approval set decided_by = requested_by where state = 'approved'`,
  ],
  [
    'I-20',
    'an approval by the author of what it lets go',
    `alter table approval drop constraint approval_author; update approval set authors = array[decided_by] where state = 'approved'`,
  ],
  [
    'I-20',
    'one yes where two are needed',
    `alter table approval drop constraint approval_two; update approval set needs_second = true where state = 'approved'`,
  ],
  [
    'R-01',
    'a reversal that two people said yes to, and nobody made',
    `insert into approval (id, kind, compensation_id, change, state, reason, content_hash, amount_minor, currency, requested_by, decided_by) select 'x', 'compensation.reverse', id, '{}', 'approved', 'x', content_hash, amount_minor, currency, 'ana', 'ben' from compensation where state = 'settled' limit 1`,
  ],
  [
    'R-01',
    'a question about what has been taken back already',
    `insert into approval (id, kind, compensation_id, change, state, reason, content_hash, amount_minor, currency, requested_by) select 'x', 'compensation.reverse', id, '{}', 'open', 'x', content_hash, amount_minor, currency, 'ana' from compensation limit 1; update compensation set state = 'reversed'`,
  ],
  [
    'I-22',
    'a posting without an audit row',
    `alter table audit disable trigger audit_append_only; delete from audit where action = 'compensation.settle'`,
  ],
  [
    'I-23',
    'money of no rule and nobody',
    `update compensation set rule_version = 99, rule_id = 'none' where rule_id is not null`,
  ],
  [
    'I-24',
    'a reservation settled and undone',
    `insert into ledger_tx (id, compensation_id, kind, round) select 'x', compensation_id, 'void', round from ledger_tx where kind = 'settle' limit 1`,
  ],
  [
    'L-01',
    'a limit that counts what was withdrawn',
    `update compensation set state = 'withdrawn' where id = (select entry_ref from limit_entry limit 1)`,
  ],
  [
    'W-01',
    'a wallet that holds more than was posted',
    `update wallet_balance set balance_minor = balance_minor + 1`,
  ],
  [
    'W-01',
    'a wallet that nobody posted to',
    `insert into wallet_balance values ('eve', 'EUR', 100)`,
  ],
  ['B-01', 'a budget that forgot a payout', `update compensation set budget_period = 'never'`],
  [
    'P-01',
    'a provider that was paid less than was settled',
    `alter table ledger_entry disable trigger user; update ledger_entry set account = 'provider:other' where account like 'provider:%'`,
  ],
  [
    'P-01',
    'money that is set aside for nobody',
    `update compensation set state = 'failed' where kind = 'refund'`,
  ],
  ['V-01', 'a settled voucher without a code', `delete from voucher`],
  ['V-01', 'a voucher that is void though it stands', `update voucher set voided_at = now()`],
  [
    'S-01',
    'an incident that is paid without a payout',
    `update incident set state = 'review' where state = 'paid'`,
  ],
  [
    'I-11',
    'two live payouts of one incident',
    `drop index compensation_one_live; insert into compensation (id, incident_id, unit, customer_id, rule_id, rule_version, kind, amount_minor, currency, state, proposed_by, content_hash, incident_at) select 'x', incident_id, unit, customer_id, rule_id, rule_version, kind, amount_minor, currency, 'held', proposed_by, content_hash, incident_at from compensation where state = 'settled' and incident_id is not null limit 1`,
  ],
];

describe('the checks of the invariants', () => {
  let world: RemedyWorld;
  let service: WebhookReceiver;
  afterAll(async () => {
    await world.close();
    await service.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    service = await WebhookReceiver.start({ secret: SECRET });
    const provider = new WebhookProvider({ url: new URL(service.url), secret: SECRET });
    world = await RemedyWorld.open({ url: database().url, providers: [provider] });
    await wholeLife();
  });

  /** A credit, a voucher, a refund, an approval, a hold: everything once, and in order. */
  async function wholeLife(): Promise<void> {
    const limits = [{ times: 9, per: 'customer', then: 'skip' as const }];
    await world.budget('EUR', 1_000_000);
    await world.rule(creditRule({ limits }));
    await world.rule(
      creditRule({ id: 'voucher', pay: { as: 'voucher', amount: { fixed: '3.00 EUR' } } }),
    );
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.p', amount: { fixed: '3.00 EUR' } },
      }),
    );
    for (const rule of ['late', 'voucher', 'refund']) {
      await world.incident({ rule, customer: 'ana', key: rule, event: { data: { p: 'p1' } } });
    }
    const { holdId } = await new CreateHold(world.remedy).execute(person('li'), {
      scope: { all: true },
      payments: true,
      messages: true,
      reason: 'stop',
      untilMs: null,
    });
    await world.decide();
    await new ReleaseHold(world.remedy).execute(person('li'), {
      id: holdId,
      heldItems: 'pay',
      note: null,
    });
    await world.drainHolds();
    await world.pay();
    const { approvalId } = await new CreateManualCompensation(world.remedy).execute(
      person('agent', 'approver'),
      { customerId: 'ben', as: 'credit', money: { minor: 9_900n, currency: 'EUR' }, reason: 'x' },
    );
    await new Approve(world.remedy).execute(person('li'), { id: approvalId ?? '' });
  }

  it('find nothing wrong with a whole life in order', async () => {
    expect(await findViolations(database().url, { atRest: true })).toEqual([]);
    expect((await world.compensations()).map(({ state }) => state)).toEqual([
      'settled',
      'settled',
      'settled',
      'settled',
    ]);
  });

  it.each(MUTATIONS)('%s sees %s', async (id, _what, mutation) => {
    const invariant = MONEY_INVARIANTS.find((candidate) => candidate.id === id)!;
    // Broken and looked at in one transaction that is never committed.
    const found = await world.database
      .transaction(async (sql) => {
        await sql.query(mutation);
        const { rowCount } = await sql.query(`select * from ${viewOf(invariant)}`);
        throw new Found(rowCount ?? 0);
      })
      .catch((error: unknown) => {
        if (error instanceof Found) return error.rows;
        throw error;
      });

    expect(found).toBeGreaterThan(0);
  });

  it('are each seen to fail at least once', () => {
    expect(new Set(MUTATIONS.map(([id]) => id))).toEqual(
      new Set(MONEY_INVARIANTS.map(({ id }) => id)),
    );
  });
});

class Found extends Error {
  constructor(readonly rows: number) {
    super('found');
  }
}
