import { revealPersonal, CreateManualCompensation, Refusal } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const EUR = (minor: bigint) => ({ minor, currency: 'EUR' });

describe('the same case gets the same sum by hand as by rule', () => {
  let world: RemedyWorld;
  let incidentId: string;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    await world.rule(creditRule({ limits: [{ times: 1, per: 'customer', then: 'review' }] }));
    await world.rule(creditRule({ id: 'poor' }));
    await world.incident({ rule: 'late', customer: 'ana', key: '1' });
    await world.decide();
    incidentId = await world.incident({
      rule: 'late',
      customer: 'ana',
      key: '2',
      event: { data: { order_id: 'o2' } },
    });
    await world.decide();
    // A person said no, and another makes it good after all.
    await world.database.query(`update approval set state = 'void'`);
    await world.database.query(
      `update compensation set state = 'withdrawn' where incident_id = $1`,
      [incidentId],
    );
    await world.database.query(
      `delete from limit_entry where entry_ref in (select id from compensation where state = 'withdrawn')`,
    );
    await world.database.query(`update incident set state = 'dismissed' where id = $1`, [
      incidentId,
    ]);
  });

  const give = (minor: bigint, rest: object) =>
    new CreateManualCompensation(world.remedy).execute(person('li'), {
      customerId: 'ana',
      as: 'credit',
      money: EUR(minor),
      reason: 'sorry',
      ...rest,
    });

  it('shows what the rule says of the same order, and lets another sum through', async () => {
    expect(await give(700n, { orderId: 'o2' })).toMatchObject({
      state: 'settled',
      ruleSays: { incidentId, ruleId: 'late', money: EUR(500n) },
    });
    expect(await give(700n, { orderId: 'unknown' })).toMatchObject({ ruleSays: null });
    expect(await give(700n, {})).toMatchObject({ ruleSays: null });
  });

  it('asks why, where the case itself is made good with another sum', async () => {
    const refused = await give(700n, { incidentId }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({
      code: 'invalid_body',
      details: { errors: [{ pointer: '/differs_because', code: 'required' }] },
    });
    await expect(give(700n, { incidentId, differsBecause: ' ' })).rejects.toThrow(Refusal);

    const given = await give(700n, { incidentId, differsBecause: 'two parcels' });
    expect(given).toMatchObject({ state: 'settled' });
    const rows = await world.rows<{ object: string; pseudonym: string; personal: Buffer }>(
      `select object, pseudonym, personal from audit where action = 'compensation.create' and object = $1`,
      [`compensation:${given.compensationId}`],
    );
    expect(await revealPersonal(database().pool, rows)).toMatchObject([
      { after: { rule_says: '5.00 EUR', differs_because: 'two parcels' } },
    ]);
  });
});
