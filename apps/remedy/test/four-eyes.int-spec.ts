import {
  Approve,
  ChangeBudget,
  ChangeSettings,
  CreateHold,
  CreateManualCompensation,
  DEFAULT_SETTINGS,
  DismissIncident,
  escalateApprovals,
  readSettings,
  Refusal,
  Reject,
  ReleaseHold,
  SetRollout,
  Wake,
  type Asked,
  type Settings,
} from '@amends/application';
import { PgHistory } from '@amends/persistence';
import { useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const EUR = (minor: bigint) => ({ minor, currency: 'EUR' });
const [ANA, BEN, CEM] = [person('ana'), person('ben'), person('cem')];

describe('four eyes', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  let approve: Approve;
  let reject: Reject;
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    approve = new Approve(world.remedy);
    reject = new Reject(world.remedy);
    await world.rule(
      creditRule({
        pay: { as: 'credit', amount: { percent: 100, of: 'data.price' }, approve_over: '1.00 EUR' },
      }),
    );
  });

  async function refusal(action: Promise<unknown>): Promise<Refusal> {
    const thrown: unknown = await action.catch((error: unknown) => error);
    if (thrown instanceof Refusal) return thrown;
    throw new Error('it was not refused', { cause: thrown });
  }

  const askedFor = async (action: Promise<unknown>): Promise<string> => {
    const { code, details } = await refusal(action);
    expect(code).toBe('approval_required');
    return String(details.extra?.['approval_id']);
  };

  describe('for a change, where the account wants them', () => {
    beforeAll(() =>
      world.settings({ four_eyes: { rollouts: true, budgets: true, hold_releases: true } }),
    );
    afterAll(() => world.settings({}));

    const budget = (by: Asked, minor: bigint) =>
      new ChangeBudget(world.database).execute(
        'eur',
        { brand: null, period: 'ever', limit: EUR(minor), warnAt: [], onExhausted: 'review' },
        { kind: 'create' },
        by,
      );
    const rollout = (by: Asked, percent: number | null, version = 1) =>
      new SetRollout(world.database, new PgHistory(), new Wake()).execute(
        'late',
        {
          live: percent === null ? null : { version, percent },
          shadow: null,
          guardrails: null,
          note: null,
          overrideReason: null,
        },
        { kind: 'match', tags: ['*'] },
        by,
      );

    it('a budget changes only with the yes of another person, to this very content, once', async () => {
      const id = await askedFor(budget(ANA, 50_000n));
      expect(await world.rows('select 1 from budget')).toEqual([]);
      expect(await askedFor(budget(ANA, 50_000n))).toBe(id);
      expect((await refusal(approve.execute(ANA, { id }))).code).toBe('self_approval');

      await approve.execute(BEN, { id });
      const other = await askedFor(budget(ANA, 50_001n));
      expect(other).not.toBe(id);
      expect(await budget(ANA, 50_000n)).toBe(true);

      const again = new ChangeBudget(world.database).execute(
        'eur',
        { brand: null, period: 'ever', limit: EUR(50_000n), warnAt: [], onExhausted: 'review' },
        { kind: 'match', tags: ['*'] },
        ANA,
      );
      expect(await askedFor(again)).not.toBe(id);
    });

    it('a change that somebody said no to is not made, and has to be asked for anew', async () => {
      const id = await askedFor(rollout(ANA, 7));

      await reject.execute(BEN, { id, note: 'not before Monday' });

      expect(await askedFor(rollout(ANA, 7))).not.toBe(id);
    });

    it('a yes that nobody made use of for a week is none any more', async () => {
      const id = await askedFor(rollout(ANA, 8));
      await approve.execute(BEN, { id });
      await world.rows(
        `update approval set decided_at = now() - interval '7 days 1 minute' where id = $1 returning 1`,
        [id],
      );

      expect(await askedFor(rollout(ANA, 8))).not.toBe(id);
    });

    it('a question about a change lapses after a week, and cannot be answered any more', async () => {
      const [old, young] = [await askedFor(rollout(ANA, 9)), await askedFor(rollout(ANA, 11))];
      await world.rows(
        `update approval set requested_at = now() - interval '7 days 1 minute' where id = $1 returning 1`,
        [old],
      );

      await escalateApprovals(world.database);

      expect((await refusal(approve.execute(BEN, { id: old }))).code).toBe('already_decided');
      expect(await approve.execute(BEN, { id: young })).toMatchObject({ state: 'approved' });
    });

    it('the table takes no decision of who has asked', async () => {
      const id = await askedFor(rollout(ANA, 12));

      for (const state of ['approved', 'rejected']) {
        const decided = world.database.query(
          `update approval set state = $2, decided_by = 'ana', decided_at = now() where id = $1`,
          [id, state],
        );
        await expect(decided).rejects.toThrow(/approval_check/);
      }
    });

    it('nor does the author of a version let it go live', async () => {
      await world.rows(
        `insert into rule_version (rule_id, version, document, document_hash, title, author)
         select rule_id, 2, document, 'h2', title, 'cem' from rule_version where rule_id = 'late'
         returning 1`,
      );
      const id = await askedFor(rollout(ANA, 10, 2));

      expect((await refusal(approve.execute(CEM, { id }))).code).toBe('self_approval');
      await expect(
        world.database.query(
          `update approval set state = 'approved', decided_by = 'cem' where id = $1`,
          [id],
        ),
      ).rejects.toThrow(/approval_author/);
      await approve.execute(BEN, { id });
      expect((await rollout(ANA, 10, 2)).live).toMatchObject({ version: 2, percent: 10 });
    });

    it('nor can one person switch the four eyes off, or raise a ceiling', async () => {
      const wanted = (settings: Partial<Settings>) =>
        new ChangeSettings(world.database).execute(
          {
            ...DEFAULT_SETTINGS,
            four_eyes: { rollouts: true, budgets: true, hold_releases: true, erasures: false },
            ...settings,
          },
          { kind: 'match', tags: ['*'] },
          ANA,
        );

      await askedFor(wanted({ four_eyes: DEFAULT_SETTINGS.four_eyes }));
      const daily_ceilings = [{ value: '1.00', currency: 'EUR' }];
      await askedFor(wanted({ daily_ceilings }));
      const acme = { sender_name: 'Acme', sender_address: 'care@acme.example' };
      await askedFor(wanted({ brands: { acme: { ...acme, daily_ceilings } } }));
      expect((await wanted({ brands: { acme } })).settings.brands).toEqual({ acme });
      expect((await wanted({ voucher_days: 30 })).settings.voucher_days).toBe(30);
    });

    it('nor put guards back by a change that was looked at before they were changed', async () => {
      const four_eyes = { rollouts: true, budgets: true, hold_releases: true };
      const { settings } = await readSettings(world.database);
      const change = new ChangeSettings(world.database);
      const any = { kind: 'match', tags: ['*'] } as const;
      // The settings are locked by somebody who tightens them; meanwhile Ana sends the whole as she read it.
      const late = await world.database.transaction(async (sql) => {
        await readSettings(sql, { lock: true });
        const sent = change.execute({ ...settings, voucher_days: 31 }, any, ANA).catch(String);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const tight = {
          ...settings,
          four_eyes,
          manual_limit: [{ value: '1.00', currency: 'EUR' }],
        };
        await sql.query('update settings set document = $1, revision = revision + 1', [
          JSON.stringify(tight),
        ]);
        return { sent };
      });

      expect(await late.sent).toContain('precondition_failed');
      expect((await readSettings(world.database)).settings.manual_limit).toHaveLength(1);
      await world.settings({ four_eyes });
    });

    it('switching off never has to wait', async () => {
      expect((await rollout(ANA, null)).live).toBeNull();
    });

    it('a hold is laid by one person, and lifted by two', async () => {
      const hold = await new CreateHold(world.remedy).execute(ANA, {
        scope: { customer: 'nobody' },
        payments: true,
        messages: false,
        reason: 'x',
        untilMs: null,
      });
      const release = (heldItems: 'pay' | 'review') =>
        new ReleaseHold(world.remedy).execute(ANA, { id: hold.holdId, heldItems, note: null });

      const id = await askedFor(release('review'));
      await approve.execute(BEN, { id });
      await askedFor(release('pay'));
      expect(await release('review')).toMatchObject({ holdId: hold.holdId });
      await world.drainHolds();
    });

    it('sixteen who send an approved change at once make it once', async () => {
      const id = await askedFor(rollout(ANA, 33, 2));
      await approve.execute(BEN, { id });

      const outcomes = await Promise.allSettled(
        Array.from({ length: 16 }, () => rollout(ANA, 33, 2)),
      );

      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });
  });

  describe('for a sum', () => {
    let count = 0;
    async function waiting(value: string): Promise<{ id: string; incident: string }> {
      count += 1;
      const incident = await world.incident({
        rule: 'late',
        customer: `sum-${String(count)}`,
        event: { data: { price: { value, currency: 'EUR' } } },
      });
      await world.rows(
        `update rule_rollout set live_version = 1, live_percent = 100 where rule_id = 'late' returning 1`,
      );
      await world.decide();
      const { id } = await world.row<{ id: string }>(
        'select id from approval where incident_id = $1',
        [incident],
      );
      return { id, incident };
    }
    beforeAll(async () => {
      await world.settings({ second_approver_over: [{ value: '3.00', currency: 'EUR' }] });
    });

    it('also of a Manager, who has no limit of their own', async () => {
      const given = await new CreateManualCompensation(world.remedy).execute(ANA, {
        customerId: 'manager-gift',
        as: 'credit',
        money: EUR(301n),
        reason: 'x',
      });
      expect(given.state).toBe('awaiting_approval');
      const id = given.approvalId ?? '';
      expect((await refusal(approve.execute(ANA, { id }))).code).toBe('self_approval');
      expect(await approve.execute(BEN, { id })).toMatchObject({ state: 'open' });
      expect(await approve.execute(CEM, { id })).toMatchObject({ compensationState: 'settled' });
    });

    it('also of a rule that asks nobody', async () => {
      await world.rule(
        creditRule({
          id: 'free',
          pay: { as: 'credit', amount: { percent: 100, of: 'data.price' } },
        }),
      );
      const owed = async (value: string) => {
        const event = { data: { price: { value, currency: 'EUR' } } };
        const incident = await world.incident({ rule: 'free', customer: `free-${value}`, event });
        await world.decide();
        return incident;
      };
      expect(await world.compensations(await owed('3.00'))).toMatchObject([{ state: 'settled' }]);

      const incident = await owed('3.01');
      expect(await world.compensations(incident)).toMatchObject([{ state: 'awaiting_approval' }]);
      const { id } = await world.row<{ id: string }>(
        'select id from approval where incident_id = $1',
        [incident],
      );
      expect(await approve.execute(BEN, { id })).toMatchObject({ state: 'open' });
      expect(await approve.execute(CEM, { id })).toMatchObject({ compensationState: 'settled' });
    });

    it('shadow shows that they would be asked', async () => {
      const pay = { as: 'credit', amount: { fixed: '9.00 EUR' } } as const;
      await world.rule(creditRule({ id: 'shadowed', pay }), { lane: 1 });
      const incident = await world.incident({ rule: 'shadowed', customer: 'shade', lane: 1 });
      await world.decide();

      const why = await world.why(incident);
      expect(why).toContainEqual({ review: 'over the second threshold' });
      expect(why).toContainEqual({ shadow: true, would_pay: '9.00 EUR', ok: false });
    });

    it('into however many parts it is split', async () => {
      const give = (minor: bigint) =>
        new CreateManualCompensation(world.remedy).execute(ANA, {
          customerId: 'split-over-two',
          as: 'credit',
          money: EUR(minor),
          reason: 'x',
        });
      const byTwo = async (minor: bigint) => {
        const { approvalId, state } = await give(minor);
        const id = approvalId ?? '';
        expect(state).toBe('awaiting_approval');
        expect(await approve.execute(BEN, { id })).toMatchObject({ state: 'open' });
        expect((await refusal(approve.execute(BEN, { id }))).code).toBe('self_approval');
        expect(await approve.execute(CEM, { id })).toMatchObject({ compensationState: 'settled' });
      };

      expect((await give(200n)).state).toBe('settled');
      await byTwo(101n);
      // What two have said yes to is judged already, and does not count again.
      expect((await give(100n)).state).toBe('settled');
      await byTwo(1n);
    });

    it('below the second threshold one person is enough', async () => {
      const { id } = await waiting('3.00');

      expect(await approve.execute(BEN, { id })).toMatchObject({ state: 'approved' });
    });

    it('above it two are needed, who are not the same, and the second gives no more than the first', async () => {
      const { id, incident } = await waiting('4.00');

      const first = await approve.execute(BEN, { id, money: EUR(350n) });
      expect(first).toMatchObject({ state: 'open', compensationState: 'awaiting_approval' });
      expect(await world.incidentState(incident)).toBe('review');
      expect((await refusal(approve.execute(BEN, { id }))).code).toBe('self_approval');
      expect((await refusal(approve.execute(CEM, { id, money: EUR(400n) }))).code).toBe(
        'invalid_body',
      );
      expect(await approve.execute(CEM, { id })).toMatchObject({
        state: 'approved',
        compensationState: 'settled',
      });
      expect(await world.compensations(incident)).toMatchObject([{ amount_minor: 350n }]);
    });

    it('the second may give still less, and the table takes no more', async () => {
      const { id, incident } = await waiting('5.00');
      await approve.execute(BEN, { id, money: EUR(450n) });

      await expect(
        world.database.query(
          `update approval set state = 'approved', decided_by = 'cem' where id = $1`,
          [id],
        ),
      ).rejects.toThrow(/approval_never_raised/);
      const more = await refusal(approve.execute(CEM, { id, money: EUR(451n) }));
      expect(more.details.errors?.[0]?.message.en).toContain('4.50 EUR, which is what ben said');
      await approve.execute(CEM, { id, money: EUR(310n) });
      expect(await world.compensations(incident)).toMatchObject([{ amount_minor: 310n }]);
    });

    it('whoever lowers a sum to the threshold needs nobody else', async () => {
      const { id, incident } = await waiting('4.00');

      expect(await approve.execute(BEN, { id, money: EUR(300n) })).toMatchObject({
        compensationState: 'settled',
      });
      expect(await world.incidentState(incident)).toBe('paid');
    });

    it('the table takes no second yes of the same person, nor one yes for two', async () => {
      const { id } = await waiting('4.00');
      await approve.execute(BEN, { id });
      const change = (set: string) =>
        world.database.query(`update approval set ${set} where id = $1`, [id]);

      await expect(change(`state = 'approved', decided_by = 'ben'`)).rejects.toThrow(
        /approval_second/,
      );
      await expect(
        change(`state = 'approved', decided_by = 'cem', first_by = null`),
      ).rejects.toThrow(/approval_two/);
      await reject.execute(CEM, { id, note: 'too much' });
    });

    it('two who say yes at once are one yes and another, never one person twice', async () => {
      const { id, incident } = await waiting('4.00');

      await Promise.allSettled([
        approve.execute(BEN, { id }),
        approve.execute(BEN, { id }),
        approve.execute(CEM, { id }),
      ]);

      expect(await world.incidentState(incident)).toBe('paid');
      expect(
        await world.row('select first_by <> decided_by as two from approval where id = $1', [id]),
      ).toEqual({ two: true });
    });
  });

  describe('a no', () => {
    it('is for a Manager to say, who must say why', async () => {
      await world.settings({});
      const { approvalId } = await new CreateManualCompensation(world.remedy).execute(
        person('agent', 'editor'),
        { customerId: 'nora', as: 'credit', money: EUR(9_900n), reason: 'x' },
      );
      const id = approvalId ?? '';

      const approver = reject.execute(person('app', 'approver'), { id, note: 'no' });
      expect((await refusal(approver)).code).toBe('forbidden');
      expect((await refusal(reject.execute(BEN, { id, note: ' ' }))).code).toBe('invalid_body');
      await reject.execute(BEN, { id, note: 'fraud' });
    });

    it('is no way round by dismissing, or by dropping what a hold holds', async () => {
      const hold = await new CreateHold(world.remedy).execute(ANA, {
        scope: { customer: 'olga' },
        payments: true,
        messages: false,
        reason: 'x',
        untilMs: null,
      });
      const { compensationId } = await new CreateManualCompensation(world.remedy).execute(ANA, {
        customerId: 'olga',
        as: 'credit',
        money: EUR(100n),
        reason: 'x',
      });
      const incident = await world.incident({
        rule: 'late',
        customer: 'pia',
        event: { data: { price: { value: '4.00', currency: 'EUR' } } },
      });
      await world.decide();
      const approver = person('app', 'approver');

      const drop = new ReleaseHold(world.remedy).execute(approver, {
        id: hold.holdId,
        heldItems: 'drop',
        note: 'x',
      });
      expect((await refusal(drop)).code).toBe('forbidden');
      const dismissed = new DismissIncident(world.remedy).execute(approver, {
        id: incident,
        reason: 'x',
      });
      expect((await refusal(dismissed)).code).toBe('forbidden');
      expect(
        await world.row('select state from compensation where id = $1', [compensationId]),
      ).toEqual({
        state: 'held',
      });
    });
  });

  it('tells people once of what has waited too long, and lets no customer lapse', async () => {
    await world.settings({
      promises: { approval: '2h', hold: '1d', unknown: '1h', replacement: '3d' },
    });
    const old = await new CreateManualCompensation(world.remedy).execute(
      person('agent', 'editor'),
      {
        customerId: 'rob',
        as: 'credit',
        money: EUR(8_800n),
        reason: 'x',
      },
    );
    await world.rows(
      `update approval set requested_at = now() - interval '30 days' where id = $1 returning 1`,
      [old.approvalId],
    );

    await escalateApprovals(world.database);
    await escalateApprovals(world.database);

    expect(
      await world.rows(`select about from notice where kind = 'approval.waiting' and about = $1`, [
        `approval:${old.approvalId ?? ''}`,
      ]),
    ).toHaveLength(1);
    expect(await world.row('select state from approval where id = $1', [old.approvalId])).toEqual({
      state: 'open',
    });
  });
});
