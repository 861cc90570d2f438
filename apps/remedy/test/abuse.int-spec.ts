import { Approve, CreateManualCompensation } from '@amends/application';
import type { JsonObject } from '@amends/domain';
import { useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

describe('signals of abuse', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    for (const id of ['late', 'shared', 'ring']) await world.rule(creditRule({ id }));
  });

  let count = 0;
  const incident = (rule: string, customer: string, data: JsonObject = {}) => {
    count += 1;
    return world.incident({ rule, customer, key: String(count), event: { data } });
  };
  const set = (abuse: JsonObject) =>
    world.settings({
      abuse: {
        claims_in_90d: null,
        share_of_rule: null,
        linked_accounts: null,
        link_paths: ['data.address_hash'],
        agent_near_limit: null,
        ...abuse,
      },
    });
  const signalsOf = async (id: string) =>
    (await world.why(id)).filter(({ signal }) => signal !== undefined);

  it('pay everything while no threshold is set', async () => {
    await set({});
    const ids = [];
    for (let n = 0; n < 6; n += 1) ids.push(await incident('late', 'calm'));
    await world.decide();

    expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual(
      ids.map(() => 'paid'),
    );
  });

  it('a serial claimant goes to a person, in one batch as over days, and is shown why', async () => {
    await set({ claims_in_90d: 3 });
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push(await incident('late', 'serial'));
    await world.decide();

    expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual([
      'paid',
      'paid',
      'paid',
      'review',
      'review',
    ]);
    expect(await signalsOf(ids[3] ?? '')).toEqual([
      { signal: 'serial_claimant', value: 3, threshold: 3, ok: false },
    ]);
    expect(
      await world.rows(`select reason from approval where incident_id = $1`, [ids[3]]),
    ).toEqual([{ reason: 'conspicuous: serial_claimant' }]);
  });

  it('nothing is refused: a person pays it', async () => {
    const { id, incident_id: about } = await world.row<{ id: string; incident_id: string }>(
      `select id, incident_id from approval where reason like 'conspicuous%' and state = 'open' limit 1`,
    );

    await new Approve(world.remedy).execute(person('li'), { id });

    expect(await world.incidentState(about)).toBe('paid');
  });

  it('what is older than 90 days is forgotten', async () => {
    await incident('late', 'old');
    await incident('late', 'old');
    await incident('late', 'old');
    await world.decide();
    await world.database.query(
      `update compensation set created_at = now() - interval '91 days' where customer_id = 'old'`,
    );
    const now = await incident('late', 'old');
    await world.decide();

    expect(await world.incidentState(now)).toBe('paid');
  });

  it('one customer’s share of a rule’s payouts', async () => {
    await set({ share_of_rule: 0.25 });
    for (let n = 0; n < 14; n += 1) await incident('shared', `some-${String(n)}`);
    for (let n = 0; n < 5; n += 1) await incident('shared', 'greedy');
    await world.decide();
    const below = await incident('shared', 'greedy');
    await world.decide();
    const above = await incident('shared', 'greedy');
    await world.decide();

    // 5 of 19: too few payouts to speak of a share. 6 of 20 is more than a quarter.
    expect(await world.incidentState(below)).toBe('paid');
    expect(await world.incidentState(above)).toBe('review');
    expect(await signalsOf(above)).toEqual([
      { signal: 'share_of_rule', value: 0.3, threshold: 0.25, ok: false },
    ]);
  });

  it('accounts with the same address hash hang together, and no others', async () => {
    await set({ linked_accounts: 3 });
    const ids = [];
    for (const customer of ['r1', 'r2', 'r3', 'r4']) {
      ids.push(await incident('ring', customer, { address_hash: 'ABC' }));
      await world.decide();
    }
    const stranger = await incident('ring', 'r9', { address_hash: 'XYZ' });
    const nameless = await incident('ring', 'r10');
    await world.decide();

    expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual([
      'paid',
      'paid',
      'review',
      'review',
    ]);
    expect(await world.incidentState(stranger)).toBe('paid');
    expect(await world.incidentState(nameless)).toBe('paid');
    expect(
      await world.rows(`select 1 from customer_link where value_hash::text like '%ABC%'`),
    ).toEqual([]);
  });

  it('an agent who keeps just below their own limit', async () => {
    await set({ agent_near_limit: 3 });
    const give = (agent: string, minor: bigint, customerId: string) =>
      new CreateManualCompensation(world.remedy).execute(person(agent, 'editor'), {
        customerId,
        as: 'credit',
        money: { minor, currency: 'EUR' },
        reason: 'sorry',
      });

    expect((await give('near', 1_900n, 'n1')).state).toBe('settled');
    expect((await give('near', 1_800n, 'n2')).state).toBe('settled');
    expect((await give('near', 1_000n, 'n3')).state).toBe('settled');
    expect((await give('near', 1_999n, 'n4')).state).toBe('awaiting_approval');
    expect((await give('other', 1_999n, 'n5')).state).toBe('settled');
  });
});
