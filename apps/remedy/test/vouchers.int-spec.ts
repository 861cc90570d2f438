import {
  AddVoucherCodes,
  Approve,
  CreateManualCompensation,
  type VoucherCodesInput,
} from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const LI = person('li.wei');

describe('voucher codes that a shop has given', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    for (const [id, amount] of [
      ['five', '5.00 EUR'],
      ['nine', '9.00 EUR'],
    ] as const) {
      await world.rule(creditRule({ id, pay: { as: 'voucher', amount: { fixed: amount } } }));
    }
  });

  const add = (lines: string[], overrides: Partial<VoucherCodesInput> = {}) =>
    new AddVoucherCodes(world.database).execute({
      pool: 'nordwind',
      brand: 'nordwind',
      template: null,
      lines,
      by: 'ops',
      ...overrides,
    });
  let count = 0;
  async function incident(rule: string, brand?: string) {
    count += 1;
    const event = { data: brand === undefined ? {} : { brand } };
    return world.incident({ rule, customer: `c-${String(count)}`, event });
  }
  const codeOf = async (id: string) => (await world.compensations(id))[0]?.voucher_code ?? null;

  it('are given to that brand, in its sum, each once; others get codes that are made', async () => {
    await add(['NORD-1,5.00 EUR', 'NORD-2,5.00 EUR', 'NORD-9,9.00 EUR,2199-01-01T00:00:00Z']);
    const [first, second, nine, other] = [
      await incident('five', 'nordwind'),
      await incident('five', 'nordwind'),
      await incident('nine', 'nordwind'),
      await incident('five', 'another'),
    ];
    await world.decide();

    const given = [await codeOf(first), await codeOf(second)];
    expect(given.sort()).toEqual(['NORD-1', 'NORD-2']);
    expect(await codeOf(nine)).toBe('NORD-9');
    expect(await codeOf(other)).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    expect(
      await world.rows(
        `select expires_at from voucher where code in ('NORD-1', 'NORD-9') order by code`,
      ),
    ).toEqual([{ expires_at: null }, { expires_at: new Date('2199-01-01T00:00:00Z') }]);
  });

  it('that have run out ask a person, who lets it wait for more', async () => {
    const id = await incident('five', 'nordwind');
    await world.decide();
    expect(await world.incidentState(id)).toBe('review');
    const approval = await world.row<{ id: string; reason: string }>(
      `select id, reason from approval where state = 'open'`,
    );
    expect(approval.reason).toBe('no voucher code of 5.00 EUR is left in the pool nordwind');

    await new Approve(world.remedy).execute(LI, { id: approval.id });
    expect((await world.compensations(id))[0]).toMatchObject({
      state: 'held',
      held_by: 'no-voucher-code',
    });
    await world.drainHolds();
    expect(await codeOf(id)).toBeNull();
    await add(['NORD-3,5.00 EUR']);
    await world.drainHolds();

    expect(await world.incidentState(id)).toBe('paid');
    expect(await codeOf(id)).toBe('NORD-3');
  });

  it('that have run out ask a person about a voucher by hand, too', async () => {
    const id = await incident('five', 'nordwind');
    await world.rows(`delete from decision_queue where incident_id = $1`, [id]);
    const created = await new CreateManualCompensation(world.remedy).execute(LI, {
      customerId: `c-${String(count)}`,
      as: 'voucher',
      money: { minor: 500n, currency: 'EUR' },
      reason: 'kindness',
      incidentId: id,
    });

    expect(created).toMatchObject({ state: 'awaiting_approval' });
  });

  it('go to nobody twice, however many are decided at once', async () => {
    const lines = Array.from({ length: 40 }, (_, n) => `RACE-${String(n)},5.00 EUR`);
    await add(lines, { pool: 'race', brand: 'race' });
    for (let n = 0; n < 60; n += 1) await incident('five', 'race');

    await Promise.all(Array.from({ length: 8 }, () => world.decide()));
    await world.decide();

    const [taken] = await world.rows(
      `select count(*)::int as codes, count(distinct compensation_id)::int as compensations
       from voucher_code where pool = 'race' and taken_at is not null`,
    );
    expect(taken).toEqual({ codes: 40, compensations: 40 });
    const [waiting] = await world.rows(
      `select count(*)::int as n from compensation where brand = 'race' and state = 'awaiting_approval'`,
    );
    expect(waiting).toEqual({ n: 20 });
  });

  it('of a template go before those of a brand alone, and before all others', async () => {
    await add(['ANY-1,5.00 EUR'], { pool: 'any', brand: null });
    await world.template('sorry', {});
    await add(['SORRY-1,5.00 EUR'], { pool: 'sorry', brand: 'nordwind', template: 'sorry' });
    const [own, any] = [await incident('five', 'nordwind'), await incident('five', 'stranger')];
    await world.decide();

    expect(await codeOf(own)).toBe('SORRY-1');
    expect(await codeOf(any)).toBe('ANY-1');
  });

  it('are not given when they are about to expire', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    await add([`SOON-1,5.00 EUR,${soon}`], { pool: 'soon', brand: 'soon' });
    const id = await incident('five', 'soon');
    await world.decide();

    expect(await world.incidentState(id)).toBe('review');
  });

  it('are added all or none, and never named where they are wrong', async () => {
    expect(await add(['NORD-1,5.00 EUR', 'NORD-7,5.00 EUR'])).toEqual({ added: 1, known: 1 });
    await expect(
      add([
        'GOOD-1,5.00 EUR',
        'SECRET BAD,5.00 EUR',
        'A,5 euros',
        'B,-1.00 EUR',
        'C,1.00 EUR,soon',
      ]),
    ).rejects.toThrow(
      'line 2 needs a code of up to 64 visible ASCII characters; line 3 needs a sum such as 5.00 EUR; ' +
        'line 4 needs a sum such as 5.00 EUR; ' +
        'line 5 needs an expiry such as 2026-12-31T23:59:59Z, or none',
    );
    expect(await world.rows(`select 1 from voucher_code where code = 'GOOD-1'`)).toEqual([]);
    await expect(add(['X,5.00 EUR'], { brand: 'another' })).rejects.toThrow('another brand');
    await expect(add([], { pool: 'A pool' })).rejects.toThrow('named by');
  });

  it('are refused where they would be of no use, with what to do instead', async () => {
    const code = ['USELESS-1,5.00 EUR'];
    await expect(add(code, { pool: 'second' })).rejects.toThrow(
      'the pool of that brand and template is nordwind: add the codes to it',
    );
    await expect(add(code, { pool: 'typo', brand: 'b', template: 'sory' })).rejects.toThrow(
      'there is no template "sory"',
    );
    await expect(add(['', ' '], { pool: 'empty', brand: 'empty' })).rejects.toThrow('no code');
    const pools = await world.rows(
      `select 1 from voucher_pool where id in ('second', 'typo', 'empty')`,
    );
    expect(pools).toEqual([]);
  });
});
