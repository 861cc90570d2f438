import {
  CancelJob,
  CreateHold,
  DecideShard,
  DECISION_SHARDS,
  ReleaseHold,
  unknownInScope,
  type CreateHoldInput,
  type HoldCreated,
} from '@amends/application';
import { findViolations, useTestDatabase, waitFor } from '@amends/testing';
import type { ClientBase } from 'pg';
import { creditRule, person, RemedyWorld } from './remedy-world';

const LI = person('li.wei', 'manager');
const STOP: CreateHoldInput = {
  scope: { all: true },
  payments: true,
  messages: true,
  reason: 'wrong promised_at since 11:50',
  untilMs: null,
};

/** Resolves once so many transactions of this database wait for a lock. */
function lockWaits(client: ClientBase, count: number): Promise<boolean> {
  return waitFor(async () => {
    const { rows } = await client.query<{ n: number }>(
      `select count(distinct pid)::int as n from pg_locks where not granted
         and (database is null or database = (select oid from pg_database where datname = current_database()))`,
    );
    return (rows[0]?.n ?? 0) >= count;
  });
}

describe('holds', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  let create: CreateHold;
  let release: ReleaseHold;

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, poolSize: 24 });
    create = new CreateHold(world.remedy);
    release = new ReleaseHold(world.remedy);
    await world.rule(creditRule({ limits: [{ times: 2, per: 'customer', then: 'skip' }] }));
    await world.budget('EUR', 10_000_000);
  });

  let count = 0;
  const incident = (customer: string, overrides = {}) => {
    count += 1;
    return world.incident({ rule: 'late', customer, key: String(count), ...overrides });
  };

  it('guarantee 4: once a hold is answered active, nothing is paid, whoever is deciding', async () => {
    for (let n = 0; n < 300; n += 1) await incident(`race-${String(n)}`);
    let isOver = false;
    const deciding = Array.from({ length: 8 }, async (_, first) => {
      const decide = new DecideShard(world.remedy);
      while (!isOver) {
        for (let n = 0; n < DECISION_SHARDS; n += 1) {
          await decide.execute((first * 2 + n) % DECISION_SHARDS);
        }
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 60));

    const hold = await create.execute(LI, STOP);
    const { n: paidThen } = await world.row<{ n: number }>(
      `select count(*)::int as n from compensation where state = 'settled'`,
    );
    for (let n = 0; n < 100; n += 1) await incident(`after-${String(n)}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    isOver = true;
    await Promise.all(deciding);

    expect(hold.state).toBe('active');
    expect(hold.effectiveAt).toBeInstanceOf(Date);
    const { n: paidNow } = await world.row<{ n: number }>(
      `select count(*)::int as n from compensation where state = 'settled'`,
    );
    expect(paidNow).toBe(paidThen);
    const { n: late } = await world.row<{ n: number }>(
      `select count(*)::int as n from compensation where settled_at > $1`,
      [hold.effectiveAt],
    );
    expect(late).toBe(0);
    await world.decide();
    expect(await findViolations(database().url)).toEqual([]);
    await release.execute(LI, { id: hold.holdId, heldItems: 'pay', note: null });
    while ((await world.drainHolds()) > 0);
    expect(await world.rows(`select 1 from compensation where state = 'held'`)).toEqual([]);
  }, 60_000);

  it('guarantee 4: a hold waits for what is being paid, and is in force for what comes after', async () => {
    const paid = await incident('before the gate');
    const writer = await database().pool.connect();
    await writer.query('begin; lock table compensation in share mode');
    const deciding = world.decide();
    let laying: Promise<HoldCreated> | undefined;
    try {
      await lockWaits(writer, 1);
      laying = create.execute(LI, STOP);
      await lockWaits(writer, 2);
    } finally {
      await writer.query('commit');
      writer.release();
      await deciding;
    }
    const hold = await laying;
    const held = await incident('behind the gate');
    await world.decide();

    expect(hold.state).toBe('active');
    expect(await world.incidentState(paid)).toBe('paid');
    expect(await world.incidentState(held)).toBe('held');
    await release.execute(LI, { id: hold.holdId, heldItems: 'pay', note: null });
    await world.drainHolds();
  });

  it('keeps limits and budget reserved for what it holds, and pays it when it is released', async () => {
    const hold = await create.execute(LI, { ...STOP, scope: { customer: 'ana' } });
    const held = await incident('ana');
    const free = await incident('ben');
    await world.decide();

    expect(await world.incidentState(held)).toBe('held');
    expect(await world.incidentState(free)).toBe('paid');
    expect(await world.why(held)).toContainEqual({ hold: hold.holdId, ok: false });

    const released = await release.execute(LI, {
      id: hold.holdId,
      heldItems: 'pay',
      note: 'fixed',
    });
    expect(released).toEqual({
      holdId: hold.holdId,
      jobId: expect.stringMatching(/^job_/) as string,
      items: 1,
      money: [{ minor: 500n, currency: 'EUR' }],
    });
    await world.drainHolds();
    expect(await world.incidentState(held)).toBe('paid');
    expect(await world.balance('ana', 'EUR')).toBe(500n);
    await world.drainHolds();
    expect(
      await world.row('select state, drained_at is not null as drained from hold where id = $1', [
        hold.holdId,
      ]),
    ).toEqual({ state: 'released', drained: true });
  });

  it('gives what it held to a person, or drops it', async () => {
    const toReview = await create.execute(LI, { ...STOP, scope: { customer: 'cem' } });
    const toDrop = await create.execute(LI, { ...STOP, scope: { customer: 'dan' } });
    const reviewed = await incident('cem');
    const dropped = await incident('dan');
    await world.decide();

    await release.execute(LI, { id: toReview.holdId, heldItems: 'review', note: null });
    await release.execute(LI, { id: toDrop.holdId, heldItems: 'drop', note: 'not ours' });
    await world.drainHolds();

    expect(await world.incidentState(reviewed)).toBe('review');
    expect(
      await world.rows(`select 1 from approval where incident_id = $1 and state = 'open'`, [
        reviewed,
      ]),
    ).toHaveLength(1);
    expect(await world.incidentState(dropped)).toBe('dismissed');
    expect(await world.rows(`select 1 from limit_entry where guard like '%|dan'`)).toEqual([]);
  });

  it('is taken over by the next hold that is laid on the same', async () => {
    const first = await create.execute(LI, { ...STOP, scope: { customer: 'eva' } });
    const held = await incident('eva');
    await world.decide();
    const second = await create.execute(LI, { ...STOP, scope: { rule: 'late' } });

    await release.execute(LI, { id: first.holdId, heldItems: 'pay', note: null });
    await world.drainHolds();

    expect(await world.compensations(held)).toMatchObject([
      { state: 'held', held_by: second.holdId },
    ]);
    await release.execute(LI, { id: second.holdId, heldItems: 'pay', note: null });
    await world.drainHolds();
    expect(await world.incidentState(held)).toBe('paid');
  });

  it.each([
    ['a label', { label: { team: 'delivery' } }, true],
    ['a label, as text', { label: 'team=delivery' }, true],
    ['another label', { label: { team: 'video' } }, false],
    ['another rule', { rule: 'other' }, false],
    ['events of one warehouse', { event_filter: { 'data.warehouse': 'SH' } }, true],
    ['events of another', { event_filter: { 'data.warehouse': 'BJ' } }, false],
    ['events that say what this one does not', { event_filter: { 'data.absent': 1 } }, false],
    ['nothing at all', {}, false],
  ])('is laid on %s', async (name, scope, isHeld) => {
    const hold = await create.execute(LI, { ...STOP, scope });
    const id = await incident(`scope ${name}`, { event: { data: { warehouse: 'SH' } } });

    await world.decide();

    expect(await world.incidentState(id)).toBe(isHeld ? 'held' : 'paid');
    await release.execute(LI, { id: hold.holdId, heldItems: 'pay', note: null });
    await world.drainHolds();
  });

  it('ends by itself at its time, as if released to pay', async () => {
    const hold = await create.execute(LI, {
      ...STOP,
      scope: { customer: 'fay' },
      untilMs: Date.now() + 150,
    });
    const id = await incident('fay');
    await world.decide();
    expect(await world.incidentState(id)).toBe('held');

    await new Promise((resolve) => setTimeout(resolve, 200));
    await world.drainHolds();

    expect(await world.incidentState(id)).toBe('paid');
    expect(await world.row('select state from hold where id = $1', [hold.holdId])).toEqual({
      state: 'expired',
    });
    expect(
      await world.rows(`select actor_id from audit where object = $1 and action = 'hold.expire'`, [
        `hold:${hold.holdId}`,
      ]),
    ).toEqual([{ actor_id: 'remedy' }]);
  });

  describe('released', () => {
    const job = (id: string) =>
      world.row<{ state: string; total: number; done: number }>(
        'select state, total, done from job where id = $1',
        [id],
      );

    async function heldFor(...customers: readonly string[]) {
      const scopes = customers.map((customer) => ({ customer }));
      const holds = await Promise.all(
        scopes.map((scope) => create.execute(LI, { ...STOP, scope })),
      );
      for (const customer of customers) {
        await incident(customer);
        await incident(customer);
      }
      await world.decide();
      return holds.map(({ holdId }) => holdId);
    }

    it('is a job, which tells how far it is', async () => {
      const [id = ''] = await heldFor('hal');

      const { jobId } = await release.execute(LI, { id, heldItems: 'pay', note: 'fixed' });
      expect(await job(jobId)).toEqual({ state: 'running', total: 2, done: 0 });
      await world.drainHolds();
      expect(await job(jobId)).toEqual({ state: 'running', total: 2, done: 2 });
      await world.drainHolds();
      expect(await job(jobId)).toEqual({ state: 'done', total: 2, done: 2 });
    });

    it('lets nothing more go once its job is cancelled, and can be released again', async () => {
      const [id = ''] = await heldFor('ida');
      const first = await release.execute(LI, { id, heldItems: 'pay', note: null });

      await new CancelJob(world.database).execute(first.jobId, LI);
      expect(await world.drainHolds()).toBe(0);
      expect(await world.balance('ida', 'EUR')).toBe(0n);
      await expect(new CancelJob(world.database).execute(first.jobId, LI)).rejects.toMatchObject({
        code: 'conflict',
      });

      const second = await release.execute(LI, { id, heldItems: 'drop', note: null });
      expect(second.items).toBe(2);
      while ((await world.drainHolds()) > 0);
      expect(await job(second.jobId)).toEqual({ state: 'done', total: 2, done: 2 });
      expect(await world.balance('ida', 'EUR')).toBe(0n);
    });

    it('stops at the item that is under way when its job is cancelled meanwhile', async () => {
      const { holdId: id } = await create.execute(LI, { ...STOP, scope: { rule: 'late' } });
      for (let n = 0; n < 8; n += 1) await incident(`jim-${String(n)}`);
      await world.decide();
      const { jobId } = await release.execute(LI, { id, heldItems: 'pay', note: null });
      const paid = async () =>
        (
          await world.rows(
            `select 1 from compensation where customer_id like 'jim-%' and state = 'settled'`,
          )
        ).length;

      const writer = await database().pool.connect();
      await writer.query('begin; lock table ledger_tx in share mode');
      const draining = world.drainHolds();
      let cancelling: Promise<void> | undefined;
      try {
        await lockWaits(writer, 1);
        cancelling = new CancelJob(world.database).execute(jobId, LI);
        await lockWaits(writer, 2);
      } finally {
        await writer.query('commit');
        writer.release();
      }
      await cancelling;
      const paidThen = await paid();
      await draining;
      await world.drainHolds();

      expect(await paid()).toBe(paidThen);
      expect(await job(jobId)).toMatchObject({ state: 'cancelled', total: 8 });
      await release.execute(LI, { id, heldItems: 'pay', note: null });
      while ((await world.drainHolds()) > 0);
      expect(await paid()).toBe(8);
    });
  });

  it('tells people once before it ends by itself', async () => {
    const soon = { ...STOP, scope: { customer: 'kim' }, untilMs: Date.now() + 14 * 60_000 };
    const later = { ...STOP, scope: { customer: 'kim' }, untilMs: Date.now() + 60 * 60_000 };
    const ending = await create.execute(LI, soon);
    const lasting = await create.execute(LI, later);

    await world.drainHolds();
    await world.drainHolds();

    expect(
      await world.rows(
        `select about, detail->>'reason' as reason from notice
         where kind = 'hold.ending' and about = any($1)`,
        [[ending, lasting].map(({ holdId }) => `hold:${holdId}`)],
      ),
    ).toEqual([{ about: `hold:${ending.holdId}`, reason: STOP.reason }]);
    for (const { holdId: id } of [ending, lasting]) {
      await release.execute(LI, { id, heldItems: 'pay', note: null });
    }
    await world.drainHolds();
  });

  it('says what its scope names and nobody knows', async () => {
    const known = { rule: 'late', customer: 'ana', label: 'team=delivery' };

    expect(await unknownInScope(world.database, known)).toEqual([]);
    expect(
      await unknownInScope(world.database, { rule: 'lat', customer: 'an', label: { team: 'x' } }),
    ).toEqual([
      { pointer: '/scope/rule', code: 'unknown_rule' },
      { pointer: '/scope/customer', code: 'unknown_customer' },
      { pointer: '/scope/label', code: 'unknown_label' },
    ]);
  });

  it('cannot be released twice', async () => {
    const hold = await create.execute(LI, { ...STOP, scope: { customer: 'gil' } });
    await release.execute(LI, { id: hold.holdId, heldItems: 'pay', note: null });

    await expect(
      release.execute(LI, { id: hold.holdId, heldItems: 'pay', note: null }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});
