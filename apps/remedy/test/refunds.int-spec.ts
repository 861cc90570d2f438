import {
  Approve,
  CreateHold,
  CreateManualCompensation,
  Reject,
  ReleaseHold,
  RemedyObserver,
  RetryCompensation,
} from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import { findViolations, useTestDatabase, WebhookReceiver } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const LI = person('li.wei');
const OPEN_APPROVAL = `select 1 from approval where compensation_id = $1 and state = 'open'`;

describe('refunds through the company’s own service', () => {
  let world: RemedyWorld;
  let service: WebhookReceiver;
  /** What happens between the attempt row and its first byte. */
  let beforeSending: () => void = () => undefined;
  afterAll(async () => {
    await world.close();
    await service.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    const observer = new (class extends RemedyObserver {
      override reached(step: string): void {
        if (step === 'payout.after-attempt-row') beforeSending();
      }
    })();
    service = await WebhookReceiver.start({
      secret: SECRET,
      answer: (request) =>
        request.method === 'GET'
          ? { status: 200, body: { status: queryStatus } }
          : { status: 200, body: { reference: `re_${String(request.id)}`, status: 'succeeded' } },
    });
    const provider = new WebhookProvider({
      url: new URL(service.url),
      queryUrl: new URL(`${service.url}/query`),
      secret: SECRET,
      timeoutMs: 300,
    });
    world = await RemedyWorld.open({ url: database().url, providers: [provider], observer });
    await world.budget('EUR', 1_000_000);
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
        limits: [{ times: 1, per: 'customer', then: 'skip' }],
      }),
    );
  });

  /** What the service says when it is asked. */
  let queryStatus = 'succeeded';

  beforeEach(() => {
    service.journal.length = 0;
    queryStatus = 'succeeded';
  });
  afterEach(async () => {
    expect(await findViolations(database().url)).toEqual([]);
    // Whatever became of it: no refund moved twice, and what moved is known.
    const moved = new Set(service.acceptedIds.filter((id) => id !== ''));
    const keys = await world.rows<{ compensation_id: string; idem_key: string }>(
      'select compensation_id, idem_key from payment_attempt where idem_key = any($1)',
      [[...moved]],
    );
    expect(new Set(keys.map((key) => key.compensation_id)).size).toBe(moved.size);
  });

  let count = 0;
  async function decided() {
    count += 1;
    const customer = `c-${String(count)}`;
    const event = { data: { payment_id: `pay-${String(count)}`, order_id: `o-${String(count)}` } };
    const incident = await world.incident({ rule: 'refund', customer, event });
    await world.decide();
    const [compensation] = await world.compensations(incident);
    if (!compensation) throw new Error('nothing was decided');
    const { id } = compensation;
    return { incident, customer, id };
  }
  const stateOf = async (id: string) =>
    (await world.row<{ state: string }>('select state from compensation where id = $1', [id]))
      .state;
  const attempts = (id: string) =>
    world.rows<{ state: string; sends: number; attempt_no: number; idem_key: string }>(
      `select state, sends, attempt_no, idem_key, failure_proof, last_error from payment_attempt
       where compensation_id = $1 order by attempt_no`,
      [id],
    );

  it('guarantee 3: tells the customer only once the service has accepted it', async () => {
    const { id, incident } = await decided();
    expect(await stateOf(id)).toBe('reserved');
    expect(await world.incidentState(incident)).toBe('paying');
    expect(await world.rows('select 1 from message where compensation_id = $1', [id])).toEqual([]);

    await world.pay();

    expect(await stateOf(id)).toBe('settled');
    expect(await world.incidentState(incident)).toBe('paid');
    expect(
      await world.rows('select state, promised_minor from message where compensation_id = $1', [
        id,
      ]),
    ).toEqual([{ state: 'queued', promised_minor: 700n }]);
    const [request] = service.journal;
    expect(request).toMatchObject({
      isSigned: true,
      id: `${id}_1`,
      json: {
        type: 'refund.requested',
        data: {
          reference: `${id}_1`,
          amount: { value: '7.00', currency: 'EUR' },
          payment: expect.stringMatching(/^pay-/) as string,
        },
      },
    });
    expect(request?.headers['idempotency-key']).toMatch(/^[A-Za-z0-9_-]{1,45}$/);
    const accounts = await world.rows(
      `select t.kind, e.account, e.amount_minor from ledger_tx t join ledger_entry e on e.tx_id = t.id
       where t.compensation_id = $1 order by e.id`,
      [id],
    );
    expect(accounts).toEqual([
      { kind: 'reserve', account: 'expense:goodwill', amount_minor: -700n },
      { kind: 'reserve', account: 'reserved:goodwill', amount_minor: 700n },
      { kind: 'settle', account: 'reserved:goodwill', amount_minor: -700n },
      { kind: 'settle', account: 'provider:webhook', amount_minor: 700n },
    ]);
  });

  it('guarantee 2: the attempt is in the database when its first byte arrives', async () => {
    const { id } = await decided();
    service.script('accept-then-hang');
    const paying = world.pay();
    await service.waitForRequests(1);

    expect(await attempts(id)).toMatchObject([{ state: 'sent', idem_key: `${id}_1` }]);
    await paying;
    await world.hurry();
    await world.pay();
  });

  it('guarantee 4: what was held up until its lease may be over is not sent', async () => {
    const { id } = await decided();
    const now = performance.now.bind(performance);
    beforeSending = () => {
      jest.spyOn(performance, 'now').mockImplementation(() => now() + 11_000);
    };
    await world.pay();
    beforeSending = () => undefined;
    jest.restoreAllMocks();

    expect(service.journal).toEqual([]);
    expect(await attempts(id)).toMatchObject([{ state: 'unknown', sends: 1 }]);
    await world.hurry();
    await world.pay();
    expect(await stateOf(id)).toBe('settled');
  });

  it('goes on under the trace of its event', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = { traceparent, data: { payment_id: 'pay-traced' } };
    const odd = { traceparent: 'no\r\ntrace', data: { payment_id: 'pay-odd' } };
    await world.incident({ rule: 'refund', customer: 'traced', event: traced });
    await world.decide();
    await world.pay();
    await world.incident({ rule: 'refund', customer: 'odd', event: odd });
    await world.decide();
    await world.pay();

    expect(service.journal.map(({ headers }) => headers['traceparent'])).toEqual([
      traceparent,
      undefined,
    ]);
  });

  it('guarantee 2: a service that pays and answers 500 pays once', async () => {
    const { id } = await decided();
    service.script('accept-then-fail', 'accept-then-fail');

    await world.pay();
    expect(await stateOf(id)).toBe('unknown');
    for (let turn = 0; turn < 2; turn += 1) {
      await world.hurry();
      await world.pay();
    }

    expect(await stateOf(id)).toBe('settled');
    expect(await attempts(id)).toMatchObject([{ state: 'succeeded', sends: 2, attempt_no: 1 }]);
    expect(service.acceptedIds).toEqual([`${id}_1`]);
  });

  it('guarantee 7: a time-out is no failure: the same key is sent again', async () => {
    const { id } = await decided();
    service.script('accept-then-hang');

    await world.pay();
    expect(await stateOf(id)).toBe('unknown');
    expect(await attempts(id)).toMatchObject([
      { state: 'unknown', last_error: expect.stringContaining('no answer') as string },
    ]);
    await world.hurry();
    await world.pay();

    expect(await stateOf(id)).toBe('settled');
    expect(service.acceptedIds).toHaveLength(1);
  });

  it('waits for a slow service that answers in time', async () => {
    const { id } = await decided();
    service.script({ slowMs: 150 });

    await world.pay();

    expect(await stateOf(id)).toBe('settled');
  });

  it('takes a refusal of the first sending for a failure, and frees limits and budget', async () => {
    const { id, incident, customer } = await decided();
    const before = await world.row<{ held_minor: bigint }>('select held_minor from budget');
    service.script({ status: 422, accept: false, body: { code: 'charge_disputed' } });

    await world.pay();

    expect(await stateOf(id)).toBe('failed');
    expect(await world.incidentState(incident)).toBe('failed');
    expect(await attempts(id)).toMatchObject([
      { state: 'failed', failure_proof: 'charge_disputed: HTTP 422' },
    ]);
    expect(await world.row('select held_minor from budget')).toEqual({
      held_minor: before.held_minor - 700n,
    });
    expect(
      await world.rows(`select 1 from limit_entry where guard like $1`, [`%|${customer}`]),
    ).toEqual([]);
    expect(await world.rows('select 1 from message where compensation_id = $1', [id])).toEqual([]);
  });

  it('pays a failed refund anew only when a person says so, under a new key', async () => {
    const { id, incident } = await decided();
    service.script({ status: 422, accept: false });
    await world.pay();
    await world.hurry();
    await world.pay();
    expect(service.journal).toHaveLength(1);

    await new RetryCompensation(world.remedy).execute(LI, { id });
    await world.pay();

    expect(await stateOf(id)).toBe('settled');
    expect(await world.incidentState(incident)).toBe('paid');
    expect(await attempts(id)).toMatchObject([
      { state: 'failed', idem_key: `${id}_1` },
      { state: 'succeeded', idem_key: `${id}_2` },
    ]);
  });

  it('does not retry what has used up its limit in the meantime', async () => {
    const { id, customer } = await decided();
    service.script({ status: 422, accept: false });
    await world.pay();
    const other = await world.incident({
      rule: 'refund',
      customer,
      key: 'another',
      event: { data: { payment_id: 'pay-x' } },
    });
    await world.decide();
    await world.pay();
    expect(await world.incidentState(other)).toBe('paid');

    await expect(new RetryCompensation(world.remedy).execute(LI, { id })).rejects.toMatchObject({
      code: 'conflict',
      details: { extra: { reason: 'limit_reached' } },
    });
  });

  it('guarantee 2: is not retried once the same incident was made good by hand', async () => {
    const { id, incident, customer } = await decided();
    service.script({ status: 422, accept: false });
    await world.pay();
    await new CreateManualCompensation(world.remedy).execute(LI, {
      customerId: customer,
      as: 'credit',
      money: { minor: 700n, currency: 'EUR' },
      reason: 'the refund failed',
      incidentId: incident,
    });
    expect(await world.incidentState(incident)).toBe('paid');

    await expect(new RetryCompensation(world.remedy).execute(LI, { id })).rejects.toMatchObject({
      code: 'conflict',
      details: { extra: { reason: 'already_compensated' } },
    });
  });

  it('takes 429 for "later", and never for a failure', async () => {
    const { id } = await decided();
    service.script({ status: 429, accept: false, headers: { 'retry-after': '60' } });

    await world.pay();

    expect(await stateOf(id)).toBe('unknown');
    const { wait } = await world.row<{ wait: number }>(
      `select extract(epoch from next_attempt_at - now())::float8 as wait from compensation where id = $1`,
      [id],
    );
    expect(wait).toBeGreaterThan(50);
    await world.hurry();
    await world.pay();
    expect(await stateOf(id)).toBe('settled');
  });

  it('guarantee 7: takes a refusal of a repeat for no proof, unless it says so', async () => {
    const { id } = await decided();
    service.script('accept-then-hang', { status: 401, accept: false });
    await world.pay();
    await world.hurry();
    await world.pay();
    expect(await stateOf(id)).toBe('unknown');

    service.script(
      { status: 409, accept: false },
      { status: 200, accept: false, body: { status: 'failed' } },
    );
    await world.hurry();
    await world.pay();
    expect(await stateOf(id)).toBe('unknown');
    await world.hurry();
    await world.pay();

    expect(await stateOf(id)).toBe('failed');
    // It said so itself, though it had paid: its word is what counts, and the checker looks past it.
    service.journal.length = 0;
  });

  it('guarantee 7: a refusal that comes after the same key was sent again is no proof', async () => {
    const { id } = await decided();
    service.script({ status: 422, accept: false, slowMs: 200 }, 'accept-then-hang');
    const first = world.pay();
    await service.waitForRequests(1);
    await world.hurry();
    const second = world.pay();
    await service.waitForRequests(2);
    await Promise.all([first, second]);

    expect(await attempts(id)).toMatchObject([{ state: 'unknown', sends: 2 }]);
    await world.hurry();
    await world.pay();
    expect(await stateOf(id)).toBe('settled');
  });

  it('takes accepted-and-pending for moved: irrevocably accepted', async () => {
    const { id } = await decided();
    service.script({
      status: 202,
      accept: true,
      body: { reference: 're_pending', status: 'pending', arrives: '2026-03-09' },
    });

    await world.pay();

    expect(
      await world.row('select state, provider_ref, arrives from compensation where id = $1', [id]),
    ).toEqual({ state: 'settled', provider_ref: 're_pending', arrives: '2026-03-09' });
  });

  describe('that fail after they had been accepted as pending', () => {
    const pending = { status: 202, accept: true, body: { reference: 're_p', status: 'pending' } };
    async function failedLater() {
      const payout = await decided();
      service.script({ ...pending, body: { ...pending.body, reference: `re_${payout.id}` } });
      await world.pay();
      await world.rows(
        `update message set state = 'sent' where compensation_id = $1 returning id`,
        [payout.id],
      );
      queryStatus = 'failed';
      await askNow(payout.id);
      return payout;
    }
    const askNow = async (id: string) => {
      await world.rows(
        'update payment_attempt set ask_at = now() where compensation_id = $1 returning id',
        [id],
      );
      await world.pay();
    };
    const otherOf = async (incident: string, id: string) => {
      const other = (await world.compensations(incident)).find((one) => one.id !== id);
      const approval = await world.row<{ id: string; reason: string }>(
        `select id, reason from approval where compensation_id = $1 and state = 'open'`,
        [other?.id],
      );
      return { other, approval };
    };

    it('go to a person, out of the books, with their place in limits and budget kept', async () => {
      const before = await world.row<{ spent_minor: bigint }>('select spent_minor from budget');
      const { id, incident } = await failedLater();

      expect(await stateOf(id)).toBe('reversed');
      expect(await world.incidentState(incident)).toBe('review');
      expect(await attempts(id)).toMatchObject([
        { state: 'failed', failure_proof: 'http_200: HTTP 200' },
      ]);
      const { other, approval } = await otherOf(incident, id);
      expect(other).toMatchObject({ kind: 'credit', state: 'awaiting_approval' });
      expect(other?.amount_minor).toBe(700n);
      expect(approval.reason).toContain('failed after it had been accepted');
      const [sum] = await world.rows(
        `select sum(e.amount_minor)::bigint as left from ledger_tx t
         join ledger_entry e on e.tx_id = t.id
         where t.compensation_id = $1 and e.account = 'provider:webhook'`,
        [id],
      );
      expect(sum).toEqual({ left: 0n });
      expect(await world.row('select spent_minor from budget')).toEqual(before);
      expect(
        await world.rows('select 1 from limit_entry where entry_ref = $1', [other?.id]),
      ).toHaveLength(1);
    });

    it('are paid to the wallet once a person agrees, and a second message says so', async () => {
      const { id, incident, customer } = await failedLater();
      const { other, approval } = await otherOf(incident, id);

      await new Approve(world.remedy).execute(LI, { id: approval.id });

      expect(await world.balance(customer, 'EUR')).toBe(700n);
      expect(await world.incidentState(incident)).toBe('paid');
      const total = await world.row('select amount_minor from incident where id = $1', [incident]);
      expect(total).toEqual({ amount_minor: 700n });
      expect(
        await world.rows(
          'select template_id, promised_minor, state from message where compensation_id = $1',
          [other?.id],
        ),
      ).toEqual([{ template_id: 'payout-changed', promised_minor: 700n, state: 'queued' }]);
    });

    it('and are asked after until they are through', async () => {
      const { id } = await decided();
      service.script({ ...pending, body: { ...pending.body, reference: `re_${id}` } });
      await world.pay();
      const isAskedAfter = async () =>
        (
          await world.row<{ asks: boolean }>(
            'select ask_at is not null as asks from payment_attempt where compensation_id = $1',
            [id],
          )
        ).asks;

      queryStatus = 'pending';
      await askNow(id);
      expect(await isAskedAfter()).toBe(true);
      queryStatus = 'succeeded';
      await askNow(id);

      expect(await isAskedAfter()).toBe(false);
      expect(await stateOf(id)).toBe('settled');
    });
  });

  it('bears with a service that gives every refund the same reference', async () => {
    const answer = { status: 200, accept: true, body: { reference: 'ok' } };
    const [first, second] = [await decided(), await decided()];
    service.script(answer, answer);

    await world.pay();

    expect(await stateOf(first.id)).toBe('settled');
    expect(await stateOf(second.id)).toBe('settled');
  });

  it('does not follow a redirect', async () => {
    const { id } = await decided();
    service.script({
      status: 307,
      accept: false,
      headers: { location: 'http://169.254.169.254/' },
    });

    await world.pay();

    expect(await stateOf(id)).toBe('unknown');
    expect(service.journal).toHaveLength(1);
    await world.hurry();
    await world.pay();
  });

  describe('after the window of its key', () => {
    async function outOfWindow() {
      const payout = await decided();
      service.script('accept-then-hang');
      await world.pay();
      await world.rows(
        `update payment_attempt set first_sent_at = first_sent_at - interval '21 hours',
           last_sent_at = last_sent_at - interval '21 hours'
         where compensation_id = $1 returning id`,
        [payout.id],
      );
      await world.rows(
        `update compensation set reserved_at = reserved_at - interval '21 hours'
         where id = $1 returning id`,
        [payout.id],
      );
      service.journal.length = 0;
      return payout;
    }

    it('asks the service and never sends again', async () => {
      const { id } = await outOfWindow();

      await world.hurry();
      await world.pay();

      expect(service.journal.map(({ method, path }) => `${method} ${path}`)).toEqual([
        `GET /query?reference=${id}_1`,
      ]);
      expect(await stateOf(id)).toBe('settled');
    });

    it('takes "not found" for a failure only when it is said again, a quarter of an hour later', async () => {
      const { id } = await outOfWindow();
      queryStatus = 'not_found';
      await world.hurry();
      await world.pay();
      expect(await stateOf(id)).toBe('unknown');
      await world.hurry();
      await world.pay();
      expect(await stateOf(id)).toBe('unknown');

      await world.rows(
        `update payment_attempt set not_found_at = not_found_at - interval '16 minutes'
         where compensation_id = $1 returning id`,
        [id],
      );
      await world.hurry();
      await world.pay();

      expect(await stateOf(id)).toBe('failed');
      expect(await attempts(id)).toMatchObject([{ failure_proof: 'not found, twice' }]);
    });

    it.each([
      ['it has moved', true, 'settled', 'paid'],
      ['it has not', false, 'failed', 'failed'],
    ])(
      'asks a person where the service cannot tell: %s',
      async (_what, moved, state, incidentState) => {
        const { id, incident } = await outOfWindow();
        queryStatus = 'who knows';
        for (let ask = 0; ask < 4; ask += 1) {
          expect(await world.rows(OPEN_APPROVAL, [id])).toEqual([]);
          await world.hurry();
          await world.pay();
        }
        const approval = await world.row<{ id: string; reason: string }>(
          `select id, reason from approval where compensation_id = $1 and state = 'open'`,
          [id],
        );
        expect(approval.reason).toContain(`${id}_1`);
        await world.hurry();
        expect(await world.pay()).toBe(0);

        if (moved) await new Approve(world.remedy).execute(LI, { id: approval.id });
        else
          await new Reject(world.remedy).execute(LI, { id: approval.id, note: 'asked by phone' });

        expect(await stateOf(id)).toBe(state);
        expect(await world.incidentState(incident)).toBe(incidentState);
        const messages = await world.rows('select 1 from message where compensation_id = $1', [id]);
        expect(messages).toHaveLength(moved ? 1 : 0);
      },
    );
  });

  it('semantics 13: leaves what is being sent, and withdraws what is not', async () => {
    const waiting = await decided();
    const sending = await decided();
    service.script('accept-then-hang');
    await world.rows('update compensation set next_attempt_at = null where id = $1 returning id', [
      waiting.id,
    ]);
    await world.pay();
    expect(await stateOf(sending.id)).toBe('unknown');

    await world.refute(waiting.incident);
    await world.refute(sending.incident);
    await world.decide();

    expect(await stateOf(waiting.id)).toBe('withdrawn');
    expect(await world.incidentState(waiting.incident)).toBe('refuted');
    expect(await stateOf(sending.id)).toBe('unknown');
    await world.hurry();
    await world.pay();
    expect(await stateOf(sending.id)).toBe('settled');
    expect(await world.incidentState(sending.incident)).toBe('paid');
  });

  describe('and holds', () => {
    const hold = (customer: string) =>
      new CreateHold(world.remedy).execute(LI, {
        scope: { customer },
        payments: true,
        messages: true,
        reason: 'stop',
        untilMs: null,
      });

    it('guarantee 4: sends nothing under a hold, and everything after it', async () => {
      const { id, customer } = await decided();
      const { holdId } = await hold(customer);

      await world.pay();

      expect(await stateOf(id)).toBe('held');
      expect(service.journal).toEqual([]);
      await new ReleaseHold(world.remedy).execute(LI, { id: holdId, heldItems: 'pay', note: null });
      await world.drainHolds();
      await world.pay();
      expect(await stateOf(id)).toBe('settled');
      expect(service.acceptedIds).toEqual([`${id}_1`]);
    });

    it('is activating while something sent before it is under way, and then active', async () => {
      const { customer } = await decided();
      service.script({ slowMs: 200 });
      const paying = world.pay();
      await service.waitForRequests(1);

      const startedMs = performance.now();
      const { state, effectiveAt } = await hold(customer);

      expect(state).toBe('active');
      expect(performance.now() - startedMs).toBeGreaterThan(50);
      const { settled_at: settledAt } = await world.row<{ settled_at: Date }>(
        'select settled_at from compensation where customer_id = $1',
        [customer],
      );
      expect(settledAt.getTime()).toBeLessThanOrEqual(effectiveAt?.getTime() ?? 0);
      await paying;
    });
  });
});
