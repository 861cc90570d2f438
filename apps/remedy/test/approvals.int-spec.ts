import {
  Approve,
  CreateHold,
  CreateManualCompensation,
  DismissIncident,
  Refusal,
  Reject,
  ReverseCompensation,
} from '@amends/application';
import { findViolations, useTestDatabase } from '@amends/testing';
import { createHash } from 'node:crypto';
import { creditRule, person, RemedyWorld } from './remedy-world';

const EUR = (minor: number) => ({ minor: BigInt(minor), currency: 'EUR' });
const LI = person('li.wei', 'approver');
const CHEN = person('chen.jie', 'approver');
const MEI = person('mei', 'manager');

describe('what a person decides', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  let approve: Approve;
  let reject: Reject;
  let create: CreateManualCompensation;

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    approve = new Approve(world.remedy);
    reject = new Reject(world.remedy);
    create = new CreateManualCompensation(world.remedy);
    await world.budget('EUR', 1_000_000);
    await world.rule(
      creditRule({
        pay: {
          as: 'credit',
          amount: { percent: 100, of: 'data.price' },
          approve_over: '20.00 EUR',
        },
        limits: [{ total: '60.00 EUR', per: 'customer', over: '30d', then: 'review' }],
        skip_if: [{ event: 'refund.issued', same: 'data.order_id', over: '900d' }],
      }),
    );
    await world.topicRead('refund.events', '2027-01-01T00:00:00Z');
  });

  let count = 0;
  /** An incident over approve_over: its approval. */
  async function waiting(customer: string, value = '30.00') {
    count += 1;
    const incident = await world.incident({
      rule: 'late',
      customer,
      key: String(count),
      event: { data: { order_id: `o${String(count)}`, price: { value, currency: 'EUR' } } },
    });
    await world.decide();
    const approval = await world.row<{ id: string; compensation_id: string; revision: number }>(
      'select id, compensation_id, revision from approval where incident_id = $1',
      [incident],
    );
    return { incident, ...approval };
  }

  const budget = () =>
    world.row<{ held_minor: bigint; spent_minor: bigint }>(
      `select held_minor, spent_minor from budget where currency = 'EUR'`,
    );
  const refusalOf = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Refusal)) throw new Error(`not refused: ${String(error)}`);
    return { code: error.code, ...error.details.extra };
  };

  it('is asked about more than approve_over, and the sum is reserved meanwhile', async () => {
    const { incident } = await waiting('ana');

    expect(await world.incidentState(incident)).toBe('review');
    expect(await world.balance('ana', 'EUR')).toBe(0n);
    expect(await budget()).toEqual({ held_minor: 3_000n, spent_minor: 0n });
    expect(await world.rows('select amount_minor from limit_entry')).toEqual([
      { amount_minor: 3_000n },
    ]);
  });

  it('pays what is approved', async () => {
    const { id, incident, revision } = await waiting('ben');

    const decided = await approve.execute(LI, { id, revision, note: 'photo checked' });

    expect(decided).toMatchObject({
      state: 'approved',
      decidedBy: 'li.wei',
      compensationState: 'settled',
    });
    expect(await world.incidentState(incident)).toBe('paid');
    expect(await world.balance('ben', 'EUR')).toBe(3_000n);
    expect(
      await world.rows('select 1 from message where incident_id = $1', [incident]),
    ).toHaveLength(1);
  });

  it('pays less where less is approved, and gives the rest back', async () => {
    const before = await budget();
    const { id, incident } = await waiting('cem');

    await approve.execute(LI, { id, money: EUR(1_200) });

    expect(await world.balance('cem', 'EUR')).toBe(1_200n);
    expect(await budget()).toEqual({
      held_minor: before.held_minor,
      spent_minor: before.spent_minor + 1_200n,
    });
    expect(
      await world.row('select amount_minor, currency from incident where id = $1', [incident]),
    ).toEqual({ amount_minor: 1_200n, currency: 'EUR' });
    expect(
      await world.row('select promised_minor from message where incident_id = $1', [incident]),
    ).toEqual({ promised_minor: 1_200n });
  });

  it.each([
    ['more', EUR(3_001)],
    ['nothing', EUR(0)],
    ['another currency', { minor: 100n, currency: 'USD' }],
  ])('does not approve %s than was asked for', async (_what, money) => {
    const { id } = await waiting(`dan-${_what}`);

    expect(await refusalOf(approve.execute(LI, { id, money }))).toMatchObject({
      code: 'invalid_body',
    });
  });

  it('is asked once: the second answer is told who gave the first', async () => {
    const { id } = await waiting('eva');
    await approve.execute(LI, { id });

    expect(await refusalOf(approve.execute(CHEN, { id }))).toEqual({
      code: 'already_decided',
      decided_by: 'li.wei',
    });
    expect(await world.balance('eva', 'EUR')).toBe(3_000n);
  });

  it('guarantee 2: of many who approve at once one pays', async () => {
    const { id } = await waiting('fay');

    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => approve.execute(person(`p${String(n)}`), { id })),
    );

    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.balance('fay', 'EUR')).toBe(3_000n);
  });

  it('is refused when the approval is not as it was read', async () => {
    const { id, revision } = await waiting('gil');

    expect(await refusalOf(approve.execute(LI, { id, revision: revision + 1 }))).toMatchObject({
      code: 'precondition_failed',
    });
  });

  it('is refused when the compensation is not what was asked about', async () => {
    const { id, compensation_id: compensation } = await waiting('hal');
    const change = 'update compensation set content_hash = $2 where id = $1 returning content_hash';
    const { content_hash: original } = await world.row<{ content_hash: string }>(
      'select content_hash from compensation where id = $1',
      [compensation],
    );
    await world.rows(change, [compensation, 'sha256:other']);

    expect(await refusalOf(approve.execute(LI, { id }))).toEqual({
      code: 'conflict',
      reason: 'content_changed',
    });
    await world.rows(change, [compensation, original]);
  });

  it('looks again at skip_if after an approval', async () => {
    const { id, incident } = await waiting('ida');
    await world.history({
      type: 'refund.issued',
      path: 'data.order_id',
      hash: createHash('sha256')
        .update(JSON.stringify(`o${String(count)}`))
        .digest()
        .subarray(0, 16),
      time: new Date().toISOString(),
    });
    const before = await budget();

    expect(await refusalOf(approve.execute(LI, { id }))).toEqual({
      code: 'conflict',
      reason: 'already_put_right',
    });
    expect(await world.incidentState(incident)).toBe('skipped');
    expect(await world.compensations(incident)).toMatchObject([{ state: 'withdrawn' }]);
    expect(await budget()).toEqual({ ...before, held_minor: before.held_minor - 3_000n });
  });

  it('is held where a hold is laid meanwhile', async () => {
    const { id, incident } = await waiting('kim');
    const hold = await new CreateHold(world.remedy).execute(LI, {
      scope: { customer: 'kim' },
      payments: true,
      messages: false,
      reason: 'wait',
      untilMs: null,
    });

    expect(await approve.execute(LI, { id })).toMatchObject({ compensationState: 'held' });
    expect(await world.compensations(incident)).toMatchObject([{ held_by: hold.holdId }]);
  });

  it('gives limits and budget back with a rejection, which says why', async () => {
    const before = await budget();
    const { id, incident } = await waiting('lin');

    expect(await refusalOf(reject.execute(MEI, { id, note: ' ' }))).toMatchObject({
      code: 'invalid_body',
    });
    await reject.execute(MEI, { id, note: 'no damage in the photo' });

    expect(await world.incidentState(incident)).toBe('dismissed');
    expect(await budget()).toEqual(before);
    const next = await waiting('lin', '55.00');
    expect(await world.why(next.incident)).toContainEqual(
      expect.objectContaining({ limit: 0, used: '0.00', ok: true }),
    );
    // What a person wrote of a customer is under the customer's key (audit-chain.int-spec.ts reads it).
    expect(
      await world.rows(
        `select actor_id, reason, personal is not null as has_personal
         from audit where object = $1`,
        [`approval:${id}`],
      ),
    ).toEqual([{ actor_id: 'mei', reason: null, has_personal: true }]);
  });

  describe('compensation by hand', () => {
    const goodwill = {
      customerId: 'mia',
      as: 'credit' as const,
      money: EUR(500),
      reason: 'spoiled',
    };

    it('is paid at once within the agent’s own limit', async () => {
      const created = await create.execute(person('agent', 'approver'), goodwill);

      expect(created).toMatchObject({ state: 'settled', approvalId: null });
      expect(await world.balance('mia', 'EUR')).toBe(500n);
    });

    it('waits over that limit for another person, who cannot be the same', async () => {
      const agent = person('agent', 'approver');
      const created = await create.execute(agent, { ...goodwill, money: EUR(2_500) });
      const id = created.approvalId ?? '';

      expect(created.state).toBe('awaiting_approval');
      expect(await refusalOf(approve.execute(agent, { id }))).toEqual({ code: 'self_approval' });
      await approve.execute(LI, { id });
      expect(await world.balance('mia', 'EUR')).toBe(3_000n);
    });

    it('can be taken back: wallet, budget and voucher', async () => {
      const reverse = new ReverseCompensation(world.remedy);
      const before = await budget();
      const credit = await create.execute(LI, goodwill);
      const voucher = await create.execute(LI, { ...goodwill, as: 'voucher' });

      await reverse.execute(CHEN, { id: credit.compensationId, reason: 'wrong customer' });
      await reverse.execute(CHEN, { id: voucher.compensationId, reason: 'wrong customer' });

      expect(await world.balance('mia', 'EUR')).toBe(3_000n);
      expect(await budget()).toEqual(before);
      expect(
        await world.rows(
          'select voided_at is not null as voided from voucher where compensation_id = $1',
          [voucher.compensationId],
        ),
      ).toEqual([{ voided: true }]);
      expect(
        await refusalOf(reverse.execute(CHEN, { id: credit.compensationId, reason: 'again' })),
      ).toEqual({ code: 'conflict', reason: 'reversed' });
    });

    it('cannot be taken back out of a wallet that has less', async () => {
      const { compensationId: id } = await create.execute(LI, { ...goodwill, customerId: 'nan' });
      const move = (minor: number) =>
        world.rows(
          `update wallet_balance set balance_minor = balance_minor + $1 where customer_id = 'nan'`,
          [minor],
        );
      await move(-1);

      expect(
        await refusalOf(
          new ReverseCompensation(world.remedy).execute(CHEN, { id, reason: 'wrong customer' }),
        ),
      ).toEqual({ code: 'conflict', reason: 'insufficient_balance' });
      await move(1);
      expect(await world.balance('nan', 'EUR')).toBe(500n);
    });

    it('makes good an incident for which a person had to name the sum, once', async () => {
      await world.rule(
        creditRule({ id: 'list', pay: { as: 'credit', amount: { fixed: ['5.00 GBP'] } } }),
      );
      const incidentId = await world.incident({ rule: 'list', customer: 'ned' });
      await world.decide();
      expect(await world.incidentState(incidentId)).toBe('review');

      await create.execute(LI, { ...goodwill, customerId: 'ned', incidentId });

      expect(await world.incidentState(incidentId)).toBe('paid');
      expect(
        await refusalOf(create.execute(LI, { ...goodwill, customerId: 'ned', incidentId })),
      ).toMatchObject({ code: 'conflict', reason: 'already_compensated' });
    });

    it('names a template that exists, a sum above zero, and the payment of a refund', async () => {
      expect(await refusalOf(create.execute(LI, { ...goodwill, template: 'none' }))).toMatchObject({
        code: 'invalid_body',
      });
      expect(await refusalOf(create.execute(LI, { ...goodwill, money: EUR(0) }))).toMatchObject({
        code: 'invalid_body',
      });
      expect(await refusalOf(create.execute(LI, { ...goodwill, as: 'refund' }))).toMatchObject({
        code: 'invalid_body',
      });
    });
  });

  describe('dismissing an incident', () => {
    it('withdraws what waits, and refuses where money has moved', async () => {
      const dismiss = new DismissIncident(world.remedy);
      const before = await budget();
      const { incident } = await waiting('oda');

      await dismiss.execute(MEI, { id: incident, reason: 'test order' });

      expect(await world.incidentState(incident)).toBe('dismissed');
      expect(await budget()).toEqual(before);
      const paid = await waiting('pia');
      await approve.execute(LI, { id: paid.id });
      expect(
        await refusalOf(dismiss.execute(MEI, { id: paid.incident, reason: 'x' })),
      ).toMatchObject({
        code: 'conflict',
      });
    });

    it('is in time before the decision, too', async () => {
      const dismiss = new DismissIncident(world.remedy);
      const id = await world.incident({
        rule: 'late',
        customer: 'quin',
        event: { data: { order_id: 'q', price: { value: '5.00', currency: 'EUR' } } },
      });

      await dismiss.execute(MEI, { id, reason: 'test order' });
      await world.decide();

      expect(await world.incidentState(id)).toBe('dismissed');
      expect(await world.compensations(id)).toEqual([]);
    });
  });

  it('guarantee 4: nobody approves past a budget', async () => {
    await world.budget('JPY', 1_000);
    await world.rule(
      creditRule({ id: 'yen', pay: { as: 'credit', amount: { fixed: '900 JPY' } } }),
    );
    await world.incident({ rule: 'yen', customer: 'y1' });
    const second = await world.incident({ rule: 'yen', customer: 'y2' });
    await world.decide();
    const { id } = await world.row<{ id: string }>(
      `select id from approval where state = 'open' and currency = 'JPY'`,
    );

    expect(await refusalOf(approve.execute(LI, { id }))).toEqual({
      code: 'conflict',
      reason: 'budget_exhausted',
    });
    expect(['review', 'paid']).toContain(await world.incidentState(second));
    expect(await findViolations(database().url)).toEqual([]);
  });

  describe('about a sum that the rule could not name: "a currency that the list lacks goes to review"', () => {
    beforeAll(() =>
      world.rule(
        creditRule({
          id: 'unnamed',
          pay: { as: 'credit', amount: { fixed: ['5.00 GBP', '600 JPY'] } },
          skip_if: [{ event: 'refund.issued', same: 'data.order_id', over: '900d' }],
        }),
      ),
    );
    /** Neither the event nor the customer's file has a currency: its approval. */
    async function unnamed(customer: string) {
      const event = { data: { order_id: `o-${customer}` } };
      const incident = await world.incident({ rule: 'unnamed', customer, event });
      await world.decide();
      const approval = await world.row<{ id: string }>(
        'select id, compensation_id, amount_minor, reason, state from approval where incident_id = $1',
        [incident],
      );
      return { incident, approval };
    }
    const stateOf = async (id: string) =>
      (await world.row<{ state: string }>('select state from approval where id = $1', [id])).state;

    it('a person is asked, and nothing is paid before', async () => {
      const { incident, approval } = await unnamed('una-s');

      expect(approval).toMatchObject({
        compensation_id: null,
        amount_minor: null,
        reason: 'currency_unknown',
        state: 'open',
      });
      expect(await world.incidentState(incident)).toBe('review');
      expect(await world.balance('una-s', 'EUR')).toBe(0n);
    });

    it('yes names the sum, and pays it once', async () => {
      const { incident, approval } = await unnamed('vic-s');
      const yes = { id: approval.id, money: EUR(500) };

      const decided = await approve.execute(LI, yes);

      expect(decided).toMatchObject({ state: 'approved', compensationState: 'settled' });
      expect(await world.balance('vic-s', 'EUR')).toBe(500n);
      expect(await world.incidentState(incident)).toBe('paid');
      expect((await refusalOf(approve.execute(CHEN, yes))).code).toBe('already_decided');
    });

    it('yes without a sum is refused, and it stays open', async () => {
      const { approval } = await unnamed('wim-s');

      expect((await refusalOf(approve.execute(LI, { id: approval.id }))).code).toBe('invalid_body');
      expect(await stateOf(approval.id)).toBe('open');
    });

    it("over the person's own limit it waits for another", async () => {
      const { incident, approval } = await unnamed('xia-s');

      await approve.execute(LI, { id: approval.id, money: EUR(9_000) });

      expect(await world.incidentState(incident)).toBe('review');
      const next = await world.row<{ id: string }>(
        `select id from approval where incident_id = $1 and state = 'open'`,
        [incident],
      );
      expect((await refusalOf(approve.execute(LI, { id: next.id }))).code).toBe('self_approval');
      await approve.execute(CHEN, { id: next.id });
      expect(await world.balance('xia-s', 'EUR')).toBe(9_000n);
    });

    it('no denies it, which only a Manager does', async () => {
      const { incident, approval } = await unnamed('yan-s');
      const no = { id: approval.id, note: 'no such order' };

      expect((await refusalOf(reject.execute(LI, no))).code).toBe('forbidden');
      await reject.execute(MEI, no);

      expect(await world.incidentState(incident)).toBe('dismissed');
    });

    it('is void once the sum was given by hand', async () => {
      const { incident, approval } = await unnamed('zoe-s');

      await create.execute(LI, {
        customerId: 'zoe-s',
        as: 'credit',
        money: EUR(500),
        reason: 'asked by telephone',
        incidentId: incident,
      });

      expect(await stateOf(approval.id)).toBe('void');
    });
  });

  describe('about an apology without money', () => {
    beforeAll(() =>
      world.rule(
        creditRule({
          id: 'word',
          pay: { as: 'nothing' },
          limits: [{ times: 1, per: 'customer', over: '30d', then: 'review' }],
        }),
      ),
    );
    /** A second one within thirty days: its approval. */
    async function secondWord(customer: string) {
      await world.incident({ rule: 'word', customer, key: `${customer}-first` });
      const incident = await world.incident({ rule: 'word', customer, key: `${customer}-second` });
      await world.decide();
      const approval = await world.row<{ id: string; compensation_id: null }>(
        'select id, compensation_id, amount_minor, reason, state from approval where incident_id = $1',
        [incident],
      );
      return { incident, approval };
    }
    const wordsTo = (incident: string) =>
      world.rows('select state from message where incident_id = $1', [incident]);
    const counted = async (customer: string) =>
      (
        await world.rows('select 1 from limit_entry where guard like $1', [
          `rule:word|%|${customer}`,
        ])
      ).length;

    it('is asked like any other, and nothing is sent before', async () => {
      const { incident, approval } = await secondWord('una');

      expect(approval).toMatchObject({ compensation_id: null, amount_minor: null, state: 'open' });
      expect(await world.incidentState(incident)).toBe('review');
      expect(await wordsTo(incident)).toEqual([]);
      expect(await counted('una')).toBe(2);
    });

    it('yes sends it, once, and whoever comes second is told so', async () => {
      const { incident, approval } = await secondWord('vic');

      await approve.execute(LI, { id: approval.id, revision: 1 });

      expect(await world.incidentState(incident)).toBe('apologised');
      expect(await wordsTo(incident)).toEqual([{ state: 'queued' }]);
      expect(await world.why(incident)).toContainEqual({ approved_by: 'li.wei' });
      expect((await refusalOf(approve.execute(CHEN, { id: approval.id }))).code).toBe(
        'already_decided',
      );
    });

    it('no sends nothing, and frees its place in the limit', async () => {
      const { incident, approval } = await secondWord('wim');

      await reject.execute(MEI, { id: approval.id, note: 'told by telephone' });

      expect(await world.incidentState(incident)).toBe('dismissed');
      expect(await wordsTo(incident)).toEqual([]);
      expect(await counted('wim')).toBe(1);
    });

    it('there is no sum to lower', async () => {
      const { approval } = await secondWord('xia');
      const refusal = await refusalOf(approve.execute(LI, { id: approval.id, money: EUR(100) }));

      expect(refusal.code).toBe('invalid_body');
    });

    it('is void once the incident is refuted or dismissed', async () => {
      const [refuted, dismissed] = [await secondWord('yan'), await secondWord('zoe')];

      await world.refute(refuted.incident);
      await world.decide();
      await new DismissIncident(world.remedy).execute(MEI, {
        id: dismissed.incident,
        reason: 'no',
      });

      expect(await world.incidentState(refuted.incident)).toBe('refuted');
      for (const { approval } of [refuted, dismissed]) {
        expect(await world.row('select state from approval where id = $1', [approval.id])).toEqual({
          state: 'void',
        });
      }
      expect([await counted('yan'), await counted('zoe')]).toEqual([1, 1]);
    });

    it('is one for each unit of an accrual', async () => {
      const spec = { rule: 'word', customer: 'abe', key: 'units', isOpen: true };
      let incident = '';
      for (const unit of [1, 2, 3]) incident = await world.incident({ ...spec, unit });

      await world.decide();

      expect(
        await world.rows('select unit, state from approval where incident_id = $1 order by unit', [
          incident,
        ]),
      ).toEqual([
        { unit: 2, state: 'open' },
        { unit: 3, state: 'open' },
      ]);
    });
  });
});
