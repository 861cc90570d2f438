import { createHash } from 'node:crypto';
import { useTestDatabase } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

const LATE = {
  type: 'delivery.late',
  data: { order_id: 'o1', price: { value: '19.99', currency: 'EUR' } },
};
const hash = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest().subarray(0, 16);

describe('deciding', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, outbox: true });
  });

  it('guarantee 5: pays a credit with ledger, message, why and audit in one transaction', async () => {
    await world.rule(creditRule());
    const id = await world.incident({ rule: 'late', customer: 'ana', event: LATE });

    await world.decide();

    expect(await world.incidentState(id)).toBe('paid');
    const [compensation] = await world.compensations(id);
    expect(compensation).toMatchObject({ state: 'settled', amount_minor: 500n, currency: 'EUR' });
    expect(await world.balance('ana', 'EUR')).toBe(500n);
    const entries = await world.rows(
      `select e.account, e.amount_minor from ledger_tx t join ledger_entry e on e.tx_id = t.id
       where t.compensation_id = $1 order by e.id`,
      [compensation?.id],
    );
    expect(entries).toEqual([
      { account: 'expense:goodwill', amount_minor: -500n },
      { account: 'wallet:ana', amount_minor: 500n },
    ]);
    expect(await world.rows('select state, promised_minor, template_id from message')).toEqual([
      { state: 'queued', promised_minor: 500n, template_id: 'sorry' },
    ]);
    expect(await world.rows('select actor_kind, actor_id, action from audit order by seq')).toEqual(
      [
        { actor_kind: 'rule', actor_id: 'late@1', action: 'incident.decide' },
        { actor_kind: 'rule', actor_id: 'late@1', action: 'compensation.settle' },
      ],
    );
    expect(await world.why(id)).toEqual([
      { pay: '5.00 EUR' },
      expect.objectContaining({ rollout: expect.stringContaining('< 100') as string, ok: true }),
    ]);
    const told = await world.rows('select type, customer_id from outbox order by id');
    expect(told).toEqual(
      ['incident.opened', 'compensation.settled', 'incident.paid', 'message.queued'].map(
        (what) => ({ type: `amends.${what}`, customer_id: 'ana' }),
      ),
    );
  });

  it('guarantee 2: deciding the same incident again pays nothing more', async () => {
    const id = await world.incident({ rule: 'late', customer: 'ana', event: LATE });

    await world.decide();

    expect(await world.compensations(id)).toHaveLength(1);
    expect(await world.balance('ana', 'EUR')).toBe(500n);
    expect(await world.rows('select 1 from decision_queue')).toEqual([]);
  });

  it('issues a voucher with a code that cannot be guessed and an end', async () => {
    await world.rule(
      creditRule({ id: 'voucher', pay: { as: 'voucher', amount: { fixed: '4.00 USD' } } }),
    );
    const id = await world.incident({ rule: 'voucher', customer: 'ben' });

    await world.decide();

    const [compensation] = await world.compensations(id);
    expect(compensation?.voucher_code).toMatch(
      /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/,
    );
    const voucher = await world.row<{ days: number; amount_minor: bigint }>(
      `select amount_minor, round(extract(epoch from expires_at - now()) / 86400)::int as days
       from voucher where code = $1`,
      [compensation?.voucher_code],
    );
    expect(voucher).toEqual({ amount_minor: 400n, days: 365 });
  });

  it('says sorry without money where nothing but a word is owed', async () => {
    await world.rule(creditRule({ id: 'word', pay: { as: 'nothing' } }));
    const id = await world.incident({ rule: 'word', customer: 'cem' });

    await world.decide();

    expect(await world.incidentState(id)).toBe('apologised');
    expect(await world.compensations(id)).toEqual([]);
    expect(
      await world.rows('select promised_minor from message where incident_id = $1', [id]),
    ).toEqual([{ promised_minor: null }]);
  });

  it('semantics 5: held out uses up no limit', async () => {
    await world.rule(
      creditRule({ id: 'nobody', limits: [{ times: 1, per: 'customer', then: 'skip' }] }),
      { percent: 0 },
    );
    const id = await world.incident({ rule: 'nobody', customer: 'dan' });

    await world.decide();

    expect(await world.incidentState(id)).toBe('held_out');
    expect(await world.rows(`select 1 from limit_entry where guard like 'rule:nobody%'`)).toEqual(
      [],
    );
  });

  it('semantics 5: notes each step in why, in its order', async () => {
    await world.rule(
      creditRule({
        id: 'steps',
        skip_if: [{ event: 'refund.issued', same: 'data.order_id', over: '30d' }],
        pay: {
          as: 'credit',
          amount: { percent: 100, of: 'data.price' },
          max: ['13.00 EUR'],
          approve_over: '15.00 EUR',
        },
        limits: [{ total: '40.00 EUR', per: 'customer', over: '30d', then: 'trim' }],
      }),
    );
    await world.budget('EUR', 100_000);
    await world.topicRead('refund.events', '2026-03-01T01:00:00Z');
    const id = await world.incident({ rule: 'steps', customer: 'eva', event: LATE });

    await world.decide();

    const names = ['skip_if', 'percent', 'max', 'rollout', 'limit', 'approval', 'budget'];
    const why = await world.why(id);
    expect(why.map((line) => names.find((name) => name in line))).toEqual(names);
    expect(await world.balance('eva', 'EUR')).toBe(1300n);
  });

  it('guarantee 7: an amount that cannot be read pays nothing and is counted', async () => {
    await world.rule(
      creditRule({
        id: 'absent',
        pay: { as: 'credit', amount: { percent: 50, of: 'data.price' } },
      }),
    );
    const id = await world.incident({ rule: 'absent', customer: 'fay', event: { data: {} } });

    await world.decide();

    expect(await world.incidentState(id)).toBe('skipped');
    expect(await world.rows(`select path, n from undecidable where rule_id = 'absent'`)).toEqual([
      { path: 'data.price', n: 1n },
    ]);
  });

  it('guarantee 7: a refund whose payment is not known waits for a person', async () => {
    await world.rule(
      creditRule({
        id: 'no-payment',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '5.00 EUR' } },
      }),
    );
    const id = await world.incident({ rule: 'no-payment', customer: 'gil', event: { data: {} } });

    await world.decide();

    expect(await world.incidentState(id)).toBe('failed');
    expect(await world.compensations(id)).toEqual([]);
    expect(await world.why(id)).toContainEqual(
      expect.objectContaining({ payment: 'data.payment_id', undecidable: true }),
    );
  });

  it('keeps a refund waiting, and never loses it, while no provider is set up', async () => {
    await world.rule(
      creditRule({
        id: 'no-provider',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '5.00 EUR' } },
      }),
    );
    const event = { data: { payment_id: 'p1' } };
    const id = await world.incident({ rule: 'no-provider', customer: 'hal', event });

    await world.decide();

    expect(await world.incidentState(id)).toBe('held');
    expect(await world.compensations(id)).toMatchObject([
      { state: 'held', held_by: 'no-provider' },
    ]);
    expect(await world.why(id)).toContainEqual({ held_by: 'no-provider', ok: false });
  });

  it('semantics 7: shadow decides, counts for itself, and moves nothing', async () => {
    const limits = [{ times: 1, per: 'customer', then: 'skip' as const }];
    await world.rule(creditRule({ id: 'shade', limits }), { lane: 1 });
    const first = await world.incident({ rule: 'shade', customer: 'ida', lane: 1, key: 'a' });
    const second = await world.incident({ rule: 'shade', customer: 'ida', lane: 1, key: 'b' });

    await world.decide();

    expect(await world.incidentState(first)).toBe('shadow');
    expect(await world.why(first)).toContainEqual(
      expect.objectContaining({ shadow: true, would_pay: '5.00 EUR' }),
    );
    expect(await world.why(second)).toContainEqual(
      expect.objectContaining({ limit: 0, ok: false }),
    );
    expect(await world.compensations(first)).toEqual([]);
    expect(await world.rows(`select 1 from message where customer_id = 'ida'`)).toEqual([]);
    expect(
      await world.rows(`select guard from limit_entry where guard like '%rule:shade%'`),
    ).toEqual([{ guard: 'shadow|rule:shade|customer|ida' }]);
  });

  it('pays a customer who is blocked nothing', async () => {
    await world.customer('kim', { blocked: true });
    const id = await world.incident({ rule: 'late', customer: 'kim' });

    await world.decide();

    expect(await world.incidentState(id)).toBe('skipped');
    expect(await world.why(id)).toContainEqual({ customer: 'blocked', ok: false });
  });

  it("takes the currency of the customer's file where the event has none", async () => {
    await world.rule(
      creditRule({
        id: 'file',
        pay: { as: 'credit', amount: { fixed: ['5.00 EUR', '30.00 CNY'] } },
      }),
    );
    await world.customer('lin', { currency: 'CNY' });
    const known = await world.incident({ rule: 'file', customer: 'lin' });
    const unknown = await world.incident({ rule: 'file', customer: 'mia' });

    await world.decide();

    expect(await world.balance('lin', 'CNY')).toBe(3000n);
    expect(await world.incidentState(known)).toBe('paid');
    expect(await world.incidentState(unknown)).toBe('review');
    expect(await world.compensations(unknown)).toEqual([]);
  });

  it('decides what one customer is owed in order, unit by unit', async () => {
    await world.rule(
      creditRule({
        id: 'units',
        limits: [{ total: '12.00 EUR', per: 'customer', over: '30d', then: 'trim' }],
      }),
    );
    const spec = { rule: 'units', customer: 'ned', isOpen: true };
    let id = '';
    for (const unit of [1, 2, 3, 4]) {
      id = await world.incident({ ...spec, unit, at: `2026-03-0${String(unit)}T00:00:00Z` });
    }

    await world.decide();

    expect((await world.compensations(id)).map((c) => [c.unit, c.amount_minor])).toEqual([
      [1, 500n],
      [2, 500n],
      [3, 200n],
    ]);
    expect(await world.incidentState(id)).toBe('paying');
    const total = await world.row('select amount_minor from incident where id = $1', [id]);
    expect(total).toEqual({ amount_minor: 1200n });
  });

  describe('an accrual whose facts use `unit`', () => {
    const { pay, ...rest } = creditRule({
      detect: {
        type: 'deadline',
        start: 'delivery.promised',
        expect: 'delivery.delivered',
        by: 'data.order_id',
        due: '1d',
        let: { day: 'double(unit)' },
        accrue: { every: '1d', max: 5 },
      },
    });
    const steps = [1, 2, 3].map((from) => ({ from, pay: `${String(from)}.00 EUR` }));
    const amount = { bands: 'day', steps };
    const read = { vars: { unit: 1 }, facts: { day: 1 } };

    it('settle: each: every unit is decided with facts of its own', async () => {
      await world.rule({ ...rest, id: 'day-by-day', pay: { ...pay, amount } });
      const spec = { rule: 'day-by-day', customer: 'odo', isOpen: true, ...read };
      let id = '';
      for (const unit of [1, 2, 3]) id = await world.incident({ ...spec, unit });

      await world.decide();

      const paid = (await world.compensations(id)).map((c) => [c.unit, c.amount_minor] as const);
      expect(paid.sort(([a], [b]) => a - b)).toEqual([
        [1, 100n],
        [2, 200n],
        [3, 300n],
      ]);
    });

    it('settle: end: `unit` is how many there are', async () => {
      await world.rule({ ...rest, id: 'in-the-end', pay: { ...pay, amount, settle: 'end' } });
      const spec = { rule: 'in-the-end', customer: 'ode', units: 3, ...read };
      const id = await world.incident(spec);

      await world.decide();

      expect(await world.compensations(id)).toMatchObject([{ amount_minor: 900n }]);
    });
  });

  it('multiplies a sum that is settled at the end', async () => {
    const id = await world.incident({ rule: 'late', customer: 'oda', units: 3 });

    await world.decide();

    expect(await world.compensations(id)).toMatchObject([{ amount_minor: 1500n }]);
  });

  describe('skip_if', () => {
    const rule = creditRule({
      id: 'skips',
      skip_if: [{ event: 'refund.issued', same: 'data.order_id', over: '30d' }],
    });
    const about = (order: string) => ({ data: { order_id: order } });

    it('waits until the topic of its event has been read beyond the detection', async () => {
      await world.rule(rule);
      await world.topicRead('refund.events', '2026-03-02T00:00:00Z');
      const clock = '2026-03-02T00:00:01Z';
      const id = await world.incident({
        rule: 'skips',
        customer: 'pia',
        event: about('s1'),
        clock,
      });
      const other = await world.incident({ rule: 'late', customer: 'quin' });

      await world.decide();

      expect(await world.incidentState(id)).toBe('paying');
      expect(await world.incidentState(other)).toBe('paid');

      await world.topicRead('refund.events', clock);
      await world.hurry();
      await world.decide();
      expect(await world.incidentState(id)).toBe('paid');
    });

    it('finds an event of the same value within its span, and no other', async () => {
      await world.topicRead('refund.events', '2026-04-01T00:00:00Z');
      const type = 'refund.issued';
      const path = 'data.order_id';
      await world.history({ type, path, hash: hash('s2'), time: '2026-02-27T00:00:00Z' });
      await world.history({ type, path, hash: hash('s3'), time: '2026-01-30T00:00:00Z' });
      await world.history({ type, path, hash: hash('s4'), time: '2026-03-01T00:00:01Z' });
      const ids = [];
      for (const order of ['s2', 's3', 's4']) {
        ids.push(await world.incident({ rule: 'skips', customer: order, event: about(order) }));
      }

      await world.decide();

      expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual([
        'skipped',
        'paid',
        'paid',
      ]);
      expect(await world.why(ids[0] ?? '')).toEqual([
        { skip_if: 0, hit: true },
        { skipped: 'already put right' },
      ]);
    });

    it('looks under the stream clock only at what had been read by then', async () => {
      const seq = await world.history({
        type: 'refund.issued',
        path: 'data.order_id',
        hash: hash('s5'),
        time: '2026-02-27T00:00:00Z',
      });
      const event = about('s5');
      const before = await world.incident({
        rule: 'skips',
        customer: 'rae',
        event,
        historyMark: seq - 1,
        clock: '2027-01-01T00:00:00Z',
        at: '2026-03-01T00:00:00Z',
      });
      const after = await world.incident({
        rule: 'skips',
        customer: 'sam',
        event,
        historyMark: seq,
      });

      await world.decide();

      expect(await world.incidentState(before)).toBe('paid');
      expect(await world.incidentState(after)).toBe('skipped');
    });

    it('goes to a person when the value to look for is absent', async () => {
      const id = await world.incident({ rule: 'skips', customer: 'tom', event: { data: {} } });

      await world.decide();

      expect(await world.incidentState(id)).toBe('review');
      expect(await world.compensations(id)).toMatchObject([{ state: 'awaiting_approval' }]);
    });

    it('asks the conditions of the event found', async () => {
      await world.rule(
        creditRule({
          id: 'full-only',
          skip_if: [
            {
              event: 'refund.issued',
              same: 'data.order_id',
              over: '30d',
              where: { 'data.full': true },
            },
          ],
        }),
      );
      const time = '2026-02-27T00:00:00Z';
      const found = { type: 'refund.issued', path: 'data.order_id', time };
      await world.history({ ...found, hash: hash('f1'), body: { data: { full: true } } });
      await world.history({ ...found, hash: hash('f2'), body: { data: { full: false } } });
      const full = await world.incident({ rule: 'full-only', customer: 'u1', event: about('f1') });
      const part = await world.incident({ rule: 'full-only', customer: 'u2', event: about('f2') });

      await world.decide();

      expect(await world.incidentState(full)).toBe('skipped');
      expect(await world.incidentState(part)).toBe('paid');
    });
  });

  describe('a decision that throws', () => {
    it('semantics 9: is set aside, keeps its own customer in order, and stops nobody else', async () => {
      // A version that does not exist: nothing can be compiled.
      const bad = await world.incident({ rule: 'late', customer: 'vic', key: '1', version: 99 });
      const behind = await world.incident({ rule: 'late', customer: 'vic', key: '2' });
      const others = [];
      for (let n = 0; n < 40; n += 1) {
        others.push(await world.incident({ rule: 'late', customer: `other-${String(n)}` }));
      }

      await world.decideOnce();

      for (const id of others) expect(await world.incidentState(id)).toBe('paid');
      expect(await world.incidentState(bad)).toBe('paying');
      expect(await world.incidentState(behind)).toBe('paying');
      expect(
        await world.rows('select attempts, last_error from decision_queue where incident_id = $1', [
          bad,
        ]),
      ).toEqual([{ attempts: 1, last_error: 'rule late has no version 99' }]);

      for (let turn = 0; turn < 9; turn += 1) {
        await world.hurry();
        await world.decide();
      }
      expect(await world.incidentState(bad)).toBe('failed');
      expect(await world.why(bad)).toContainEqual(
        expect.objectContaining({ reason: 'rule late has no version 99', ok: false }),
      );
      await world.decide();
      expect(await world.incidentState(behind)).toBe('paid');
    });
  });
});
