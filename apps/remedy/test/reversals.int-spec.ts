import {
  Approve,
  CreateHold,
  CreateManualCompensation,
  escalateApprovals,
  Refusal,
  Reject,
  ReverseCompensation,
} from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { person, RemedyWorld } from './remedy-world';

const [ANA, BEN, CEM] = [person('ana'), person('ben', 'approver'), person('cem', 'approver')];
const THRESHOLDS = [
  { value: '30.00', currency: 'EUR' },
  { value: '3000', currency: 'JPY' },
];

describe('taking back what was paid', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  let approve: Approve;
  let reject: Reject;
  let reverse: ReverseCompensation;
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    approve = new Approve(world.remedy);
    reject = new Reject(world.remedy);
    reverse = new ReverseCompensation(world.remedy);
    await world.budget('EUR', 10_000_000);
  });
  beforeEach(() => world.settings({ second_approver_over: THRESHOLDS }));

  let count = 0;
  /** Something that was paid, before the account wanted two people. */
  async function paid(minor: bigint, currency = 'EUR', as: 'credit' | 'voucher' = 'credit') {
    count += 1;
    const customer = `c${String(count)}`;
    await world.settings({});
    const { compensationId: id } = await new CreateManualCompensation(world.remedy).execute(ANA, {
      customerId: customer,
      as,
      money: { minor, currency },
      reason: 'x',
    });
    await world.settings({ second_approver_over: THRESHOLDS });
    return { id, customer, input: { id, reason: 'wrong customer' } };
  }

  /** The same, and the approval of one who wants it back. */
  async function asked(minor = 5_000n, currency = 'EUR', as?: 'credit' | 'voucher') {
    const given = await paid(minor, currency, as);
    const { approvalId } = await reverse.execute(BEN, given.input);
    return { ...given, approval: { id: approvalId ?? '' } };
  }

  async function refusal(action: Promise<unknown>) {
    const thrown: unknown = await action.catch((error: unknown) => error);
    if (!(thrown instanceof Refusal)) throw new Error('it was not refused', { cause: thrown });
    return { code: thrown.code, ...thrown.details.extra };
  }

  const stateOf = async (id: string) =>
    (await world.row<{ state: string }>('select state from compensation where id = $1', [id]))
      .state;
  const approvalState = async (id: string) =>
    (await world.row<{ state: string }>('select state from approval where id = $1', [id])).state;

  it.each([
    ['up to the threshold', 3_000n, 'EUR', 'reversed'],
    ['over it', 3_001n, 'EUR', 'settled'],
    ['over that of another currency only', 3_001n, 'CHF', 'reversed'],
    ['up to that of a currency without decimals', 3_000n, 'JPY', 'reversed'],
    ['over that one', 3_001n, 'JPY', 'settled'],
  ])('%s', async (_what, minor, currency, state) => {
    const { id, customer, input } = await paid(minor, currency);

    const { approvalId } = await reverse.execute(BEN, input);

    expect([await stateOf(id), approvalId === null]).toEqual([state, state === 'reversed']);
    expect(await world.balance(customer, currency)).toBe(state === 'reversed' ? 0n : minor);
  });

  it.each(['credit', 'voucher'] as const)('a %s of two people goes with the second', async (as) => {
    const { id, customer, approval } = await asked(5_000n, 'EUR', as);
    expect(await stateOf(id)).toBe('settled');

    await approve.execute(CEM, approval);

    expect(await stateOf(id)).toBe('reversed');
    expect(await world.balance(customer, 'EUR')).toBe(0n);
    expect(
      await world.rows('select 1 from ledger_tx where compensation_id = $1 and kind = $2', [
        id,
        'reverse',
      ]),
    ).toHaveLength(1);
    expect((await refusal(approve.execute(ANA, approval))).code).toBe('already_decided');
  });

  it('is not for one person to do, whatever they say it is', async () => {
    const { id, approval } = await asked();

    expect((await refusal(approve.execute(BEN, approval))).code).toBe('self_approval');
    expect((await refusal(reject.execute(BEN, { ...approval, note: 'no' }))).code).toBe(
      'self_approval',
    );
    await expect(
      world.database.query(
        `update approval set state = 'approved', decided_by = requested_by where id = $1`,
        [approval.id],
      ),
    ).rejects.toThrow(/approval_check/);
    expect(await stateOf(id)).toBe('settled');
  });

  it('takes the yes of whoever gave it, since somebody else wants it back', async () => {
    const { id, approval } = await asked();

    await approve.execute(ANA, approval);

    expect(await stateOf(id)).toBe('reversed');
  });

  it('is all or nothing', async () => {
    const { id, approval } = await asked();

    const money = { minor: 100n, currency: 'EUR' };
    expect((await refusal(approve.execute(CEM, { ...approval, money }))).code).toBe('invalid_body');
    expect(await stateOf(id)).toBe('settled');
    expect(await approvalState(approval.id)).toBe('open');
  });

  it('a no has its reason, leaves the customer what they have, and can be followed by another', async () => {
    const { id, customer, approval, input } = await asked();

    expect((await refusal(reject.execute(CEM, { ...approval, note: ' ' }))).code).toBe(
      'invalid_body',
    );
    await reject.execute(CEM, { ...approval, note: 'it was the right customer' });

    expect(await stateOf(id)).toBe('settled');
    expect(await world.balance(customer, 'EUR')).toBe(5_000n);
    const again = await reverse.execute(BEN, input);
    expect(again.approvalId).not.toBe(approval.id);
    await approve.execute(CEM, { id: again.approvalId ?? '' });
    expect(await stateOf(id)).toBe('reversed');
  });

  it('is asked for once: whoever asks again is told of the question that waits', async () => {
    const { approval, input } = await asked();

    expect(await reverse.execute(BEN, input)).toMatchObject({ approvalId: approval.id });
    expect(await refusal(reverse.execute(CEM, input))).toEqual({
      code: 'conflict',
      reason: 'already_asked',
      approval_id: approval.id,
    });
    expect(
      await world.rows(`select 1 from audit where action = 'approval.ask' and object = $1`, [
        `approval:${approval.id}`,
      ]),
    ).toHaveLength(1);
  });

  it('of sixteen who ask at once one asks, and of sixteen who say yes one takes it back', async () => {
    const { id, customer, input } = await paid(5_000n);

    const asking = await Promise.allSettled(
      Array.from({ length: 16 }, (_, n) =>
        reverse.execute(person(`asker-${String(n)}`, 'approver'), input),
      ),
    );
    const won = asking.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(won).toHaveLength(1);
    const yes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, n) =>
        approve.execute(person(`yes-${String(n)}`, 'approver'), { id: won[0]?.approvalId ?? '' }),
      ),
    );

    expect(yes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stateOf(id)).toBe('reversed');
    expect(await world.balance(customer, 'EUR')).toBe(0n);
  });

  it('at once with a yes, a reversal that one person may make happens once', async () => {
    const { id, customer, approval, input } = await asked();
    await world.settings({});

    const outcomes = await Promise.allSettled([
      approve.execute(CEM, approval),
      reverse.execute(ANA, input),
    ]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stateOf(id)).toBe('reversed');
    expect(await world.balance(customer, 'EUR')).toBe(0n);
    expect(await approvalState(approval.id)).not.toBe('open');
  });

  it('nobody is asked any more about what has been taken back in another way', async () => {
    const { approval, input } = await asked();
    await world.settings({});
    await reverse.execute(ANA, input);

    expect(await approvalState(approval.id)).toBe('void');
    expect((await refusal(approve.execute(CEM, approval))).code).toBe('already_decided');
  });

  it('what has been spent meanwhile is not taken back, and the question stays', async () => {
    const { id, customer, approval, input } = await asked();
    const spend = (minor: number) =>
      world.rows(
        'update wallet_balance set balance_minor = balance_minor - $2 where customer_id = $1 returning 1',
        [customer, minor],
      );
    await spend(1);

    expect(await refusal(approve.execute(CEM, approval))).toEqual({
      code: 'conflict',
      reason: 'insufficient_balance',
    });
    expect([await stateOf(id), await approvalState(approval.id)]).toEqual(['settled', 'open']);
    const other = await paid(5_000n);
    await world.rows(
      'update wallet_balance set balance_minor = 0 where customer_id = $1 returning 1',
      [other.customer],
    );
    expect((await refusal(reverse.execute(CEM, other.input))).code).toBe('conflict');
    expect(
      await world.rows('select 1 from approval where compensation_id = $1', [other.id]),
    ).toEqual([]);
    await world.rows(
      'update wallet_balance set balance_minor = 5000 where customer_id = any($1) returning 1',
      [[customer, other.customer]],
    );
    await approve.execute(CEM, approval);
    expect(await reverse.execute(BEN, input).catch(() => 'reversed')).toBe('reversed');
  });

  it('a hold stops payouts, and no reversal', async () => {
    const { id, customer, approval } = await asked();
    await new CreateHold(world.remedy).execute(ANA, {
      scope: { customer },
      payments: true,
      messages: true,
      reason: 'runaway',
      untilMs: null,
    });

    await approve.execute(CEM, approval);

    expect(await stateOf(id)).toBe('reversed');
  });

  it('lapses after a week without an answer, and people are told', async () => {
    const { id, approval, input } = await asked();
    await world.rows(
      `update approval set requested_at = now() - interval '8 days' where id = $1 returning 1`,
      [approval.id],
    );

    await escalateApprovals(world.database);
    await escalateApprovals(world.database);

    expect([await stateOf(id), await approvalState(approval.id)]).toEqual(['settled', 'void']);
    expect(
      await world.rows(`select detail from notice where kind = 'approval.lapsed' and about = $1`, [
        `approval:${approval.id}`,
      ]),
    ).toEqual([
      { detail: expect.objectContaining({ action: 'compensation.reverse', requested_by: 'ben' }) },
    ]);
    expect((await reverse.execute(BEN, input)).approvalId).not.toBe(approval.id);
  });
});
