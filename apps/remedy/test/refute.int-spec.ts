import { closePaid } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

describe('semantics 13: an incident that turns out to be none', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    await world.rule(
      creditRule({ limits: [{ times: 1, per: 'customer', over: '30d', then: 'skip' }] }),
    );
    await world.rule(
      creditRule({
        id: 'dear',
        pay: { as: 'credit', amount: { fixed: '5.00 EUR' }, approve_over: '1.00 EUR' },
        limits: [{ times: 1, per: 'customer', over: '30d', then: 'skip' }],
      }),
    );
    await world.rule(creditRule({ id: 'word', pay: { as: 'nothing' } }));
    await world.budget('EUR', 100_000);
  });

  it('semantics 13: is not paid when it is known before the decision', async () => {
    const id = await world.incident({ rule: 'late', customer: 'ana' });
    await world.refute(id);

    await world.decide();

    expect(await world.incidentState(id)).toBe('refuted');
    expect(await world.compensations(id)).toEqual([]);
  });

  it('semantics 13: withdraws what waits for a person, and frees limits and budget', async () => {
    const id = await world.incident({ rule: 'dear', customer: 'ben' });
    await world.decide();
    expect(await world.incidentState(id)).toBe('review');

    await world.refute(id);
    await world.decide();

    expect(await world.incidentState(id)).toBe('refuted');
    expect(await world.compensations(id)).toMatchObject([{ state: 'withdrawn' }]);
    expect(await world.rows('select state from approval')).toEqual([{ state: 'void' }]);
    expect(await world.rows(`select 1 from limit_entry where guard like '%|ben'`)).toEqual([]);
    expect(await world.row('select held_minor, spent_minor from budget')).toEqual({
      held_minor: 0n,
      spent_minor: 0n,
    });
  });

  it('semantics 13: leaves what is paid paid, and says so', async () => {
    const id = await world.incident({ rule: 'late', customer: 'cem' });
    await world.decide();

    await world.refute(id);
    await world.decide();

    expect(await world.incidentState(id)).toBe('paid');
    expect(await world.balance('cem', 'EUR')).toBe(500n);
    expect(await world.why(id)).toContainEqual({ refuted: true, withdrawn: 0, stays: 1 });
    expect(
      await world.row('select refuted_at is not null as refuted from incident where id = $1', [id]),
    ).toEqual({ refuted: true });
  });

  it('semantics 13: takes back an apology that has not gone out', async () => {
    const id = await world.incident({ rule: 'word', customer: 'dan' });
    await world.decide();
    expect(await world.incidentState(id)).toBe('apologised');

    await world.refute(id);
    await world.decide();

    expect(await world.incidentState(id)).toBe('refuted');
    expect(await world.rows('select state from message where incident_id = $1', [id])).toEqual([
      { state: 'failed' },
    ]);
  });

  it('ends the units that were not decided yet, and closes the rest as paid', async () => {
    await world.rule(creditRule({ id: 'units' }));
    const spec = { rule: 'units', customer: 'eva', isOpen: true };
    const id = await world.incident({ ...spec, unit: 1 });
    await world.decide();
    expect(await world.incidentState(id)).toBe('paying');
    await world.incident({ ...spec, unit: 2 });
    await world.refute(id);
    // The refutation overtakes the unit when the unit has to wait.
    await world.rows(`update decision_queue set id = default where kind = 'decide' returning id`);

    await world.decide();

    expect((await world.compensations(id)).map(({ unit }) => unit)).toEqual([1]);
    expect(await world.incidentState(id)).toBe('paid');
  });

  it('closes an accruing incident as paid once it is closed and its last unit is', async () => {
    await world.rule(creditRule({ id: 'accrues' }));
    const id = await world.incident({ rule: 'accrues', customer: 'fay', unit: 1, isOpen: true });
    await world.decide();
    const close = () => world.database.transaction((sql) => closePaid(sql));
    await close();
    expect(await world.incidentState(id)).toBe('paying');

    await world.rows('update incident set closed_at = now() where id = $1 returning id', [id]);
    await close();

    expect(await world.incidentState(id)).toBe('paid');
  });

  const settling = {
    detect: {
      type: 'deadline',
      start: 'line.lost',
      expect: 'line.restored',
      by: 'data.order_id',
      due: '2d',
      accrue: { every: '1d', max: 60 },
    },
    pay: { as: 'credit', amount: { fixed: '5.00 EUR' }, settle: 'end' },
  } as const;

  it('leaves an incident that is settled at its end open until its lateness has passed', async () => {
    await world.rule(creditRule({ id: 'settles', ...settling }));
    const spec = { rule: 'settles', customer: 'gil', units: 2 };
    const id = await world.incident(spec);
    // Closed by its expect; the detector asks for the settlement once the lateness has passed.
    await world.rows('delete from decision_queue where incident_id = $1 returning id', [id]);
    await world.database.transaction((sql) => closePaid(sql));
    expect(await world.incidentState(id)).toBe('paying');

    await world.incident(spec);
    await world.decide();

    expect(await world.incidentState(id)).toBe('paid');
    expect(await world.balance('gil', 'EUR')).toBe(1_000n);
  });
});
