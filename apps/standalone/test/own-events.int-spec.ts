import { SaveRule, SetRollout, type AppendVerdict, type EventSink } from '@amends/application';
import type { Detect, RuleDocument } from '@amends/domain';
import { OwnEventFeed } from '@amends/messaging';
import { PgHistory } from '@amends/persistence';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from '../../detector/src/spec-support/detector-fixture';
import { person, RemedyWorld } from '../../remedy/test/remedy-world';

const ROUNDS_MAX = 15;

const echo = (id: string, detect: Detect): RuleDocument => ({
  kind: 'Rule',
  id,
  title: id,
  detect,
  pay: { as: 'credit', amount: { fixed: '1.00 EUR' } },
});

const LATE = echo('late', { type: 'event', event: 'delivery.late', by: 'data.order_id' });

describe('states of compensations and messages as events', () => {
  let world: RemedyWorld;
  let detector: DetectorFixture;
  let feed: OwnEventFeed;
  const dropped: string[] = [];
  afterAll(async () => {
    await DetectorFixture.closeAll();
    await world.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    detector = await DetectorFixture.open(database().url);
    feed = feedInto(detector.sink);
    await save(LATE);
    await roll('late', true);
  });

  const feedInto = (sink: EventSink) =>
    new OwnEventFeed({
      pool: detector.pools.get('ingest'),
      sink,
      clock: 'wall',
      onDropped: (id) => dropped.push(id),
    });

  async function save(document: RuleDocument): Promise<void> {
    const input = { document, precondition: { kind: 'create' }, managedBy: 'spec' } as const;
    await new SaveRule(world.database).execute(input, person('li'));
  }

  async function roll(id: string, isOn: boolean, lane: 'live' | 'shadow' = 'live') {
    const [{ revision } = { revision: 0 }] = await world.rows<{ revision: number }>(
      'select revision from rule_rollout where rule_id = $1',
      [id],
    );
    const set = new SetRollout(world.database, new PgHistory(), world.remedy.wake);
    const live = isOn && lane === 'live' ? { version: 1, percent: 100 } : null;
    const shadow = isOn && lane === 'shadow' ? { version: 1 } : null;
    const rest = { guardrails: null, note: null, overrideReason: null };
    const tags = [`r${String(revision)}`];
    await set.execute(id, { live, shadow, ...rest }, { kind: 'match', tags }, person('li'));
  }

  const late = (order: string) =>
    detector.send([
      {
        type: 'delivery.late',
        at: Date.now(),
        customer: `c-${order}`,
        data: { order_id: order },
      },
    ]);

  const waiting = () =>
    world.rows<{ type: string; event_id: string; data: object }>(
      'select type, event_id, data from own_event order by id',
    );

  /** Everything that follows from everything, until nothing does; so many rounds were needed. */
  async function atRest(): Promise<number> {
    for (let round = 1; round <= ROUNDS_MAX; round += 1) {
      await detector.settled();
      const decided = await world.decide();
      const told = (await waiting()).length;
      while (await feed.turn());
      if (decided + told === 0) return round;
    }
    return ROUNDS_MAX;
  }

  const paidBy = async (rule: string, customer: string) =>
    (
      await world.rows<{ n: number }>(
        `select count(*)::int as n from compensation where rule_id = $1 and customer_id = $2`,
        [rule, customer],
      )
    )[0]?.n;

  it('are written down for nobody while no rule watches them', async () => {
    await late('o1');
    await detector.settled();
    expect(await world.decide()).toBe(1);

    expect(await paidBy('late', 'c-o1')).toBe(1);
    expect(await waiting()).toEqual([]);
  });

  it('a rule that watches them finds what became of a payout, exactly once', async () => {
    await save(
      echo('echo', { type: 'event', event: 'amends.compensation.settled', by: 'data.id' }),
    );
    await roll('echo', true);
    await late('o2');
    await detector.settled();
    await world.decide();
    const [row, ...more] = await waiting();

    expect(more).toEqual([]);
    expect(row).toMatchObject({ type: 'amends.compensation.settled', data: { depth: 0 } });
    await atRest();
    expect(await paidBy('echo', 'c-o2')).toBe(1);
    const told = (await detector.history()).filter(({ event }) => event['id'] === row?.event_id);
    expect(told).toHaveLength(1);
    expect(told[0]?.event).toMatchObject({
      source: '/amends',
      customerid: 'c-o2',
      data: {
        as: 'credit',
        state: 'settled',
        amount: { value: '1.00', currency: 'EUR' },
        rule: { id: 'late', version: 1 },
      },
    });
  });

  it('guarantee 2: told again after a crash between the telling and the removing, it is one event', async () => {
    await late('o3');
    await detector.settled();
    await world.decide();
    const { sink } = detector;
    const dies: EventSink = {
      append: async (...args): Promise<AppendVerdict[]> => {
        await sink.append(...args);
        throw new Error('killed');
      },
    };
    await expect(feedInto(dies).turn()).rejects.toThrow('killed');
    expect(await waiting()).toHaveLength(1);

    await Promise.all([feedInto(sink).turn(), feedInto(sink).turn()]);
    await atRest();

    const told = (await detector.history()).filter(
      ({ event }) => event['customerid'] === 'c-o3' && event['source'] === '/amends',
    );
    expect(told).toHaveLength(1);
    expect(await paidBy('echo', 'c-o3')).toBe(1);
    expect(dropped).toEqual([]);
  });

  it('no chain of rules feeds itself, however many watch each other', async () => {
    const window = {
      type: 'window',
      event: 'amends.compensation.settled',
      by: 'customerid',
      over: '1d',
      measure: 'count',
      is: { gte: 1 },
    } as const;
    const sequence = {
      type: 'sequence',
      steps: ['amends.compensation.settled', 'amends.compensation.settled'],
      by: 'customerid',
      within: '1d',
    } as const;
    await save(echo('echo-window', window));
    await save(echo('echo-sequence', sequence));
    await roll('echo-window', true);
    await roll('echo-sequence', true);

    await late('o4');
    const rounds = await atRest();

    expect(rounds).toBeLessThan(ROUNDS_MAX);
    const rows = await world.rows<{ rule_id: string; depth: number }>(
      `select i.rule_id, i.depth from compensation c join incident i on i.id = c.incident_id
       where c.customer_id = 'c-o4' order by i.rule_id`,
    );
    expect(rows).toEqual([
      { rule_id: 'echo', depth: 1 },
      { rule_id: 'echo-window', depth: 1 },
      { rule_id: 'late', depth: 0 },
    ]);
    const told = (await detector.history()).filter(({ event }) => event['source'] === '/amends');
    expect(told.map(({ event }) => event['data'])).toEqual(
      told.map(() => expect.objectContaining({ depth: 0 }) as object),
    );
    await roll('echo-window', false);
    await roll('echo-sequence', false);
  });

  it('nor by what comes back from outside: what says it is a step away is kept, and seen by no rule', async () => {
    await detector.send([
      {
        type: 'amends.compensation.settled',
        at: Date.now(),
        customer: 'c-mirror',
        data: { id: 'cmp_mirror', depth: 1 },
      },
    ]);
    await atRest();

    expect(await paidBy('echo', 'c-mirror')).toBe(0);
  });

  it('a deadline watches a payout that stays open, and is kept by the one that moves', async () => {
    await save({
      ...echo('slow', {
        type: 'deadline',
        start: 'amends.compensation.reserved',
        expect: 'amends.compensation.settled',
        by: 'data.id',
        due: '1s',
        allow_late: '0s',
        where: { 'data.as': 'refund' },
      }),
      pay: { as: 'credit', amount: { percent: 10, of: 'data.amount' } },
    });
    await roll('slow', true);
    await save({
      ...echo('refunded', { type: 'event', event: 'delivery.lost', by: 'data.order_id' }),
      pay: { as: 'refund', payment: 'data.payment', amount: { fixed: '30.00 EUR' } },
    });
    await roll('refunded', true);
    const data = { order_id: 'o5', payment: 'pay-5' };
    await detector.send([{ type: 'delivery.lost', at: Date.now(), customer: 'c-o5', data }]);
    await detector.settled();
    await world.decide();
    // No provider pays it here: it is held, and leaves the rule alone. Set aside, it is what the rule waits for.
    await world.database.query(
      `update compensation set state = 'reserved', held_by = null, revision = revision + 1
       where customer_id = 'c-o5'`,
    );
    while (await feed.turn());
    expect(await slow()).toBe(0);

    await waitFor(async () => (await slow()) === 1, { timeoutMs: 20_000, what: 'the deadline' });
    await atRest();
    expect(await world.balance('c-o5', 'EUR')).toBe(300n);
    await world.database.query(
      `update compensation set state = 'held', held_by = 'no-provider', revision = revision + 1
       where customer_id = 'c-o5' and kind = 'refund'`,
    );
  });

  it('semantics 10: a state that is not told yet is no breach', async () => {
    const data = { order_id: 'o8', payment: 'pay-8' };
    await detector.send([{ type: 'delivery.lost', at: Date.now(), customer: 'c-o8', data }]);
    await detector.settled();
    await world.decide();
    const change = (set: string) =>
      world.database.query(
        `update compensation set ${set}, revision = revision + 1
         where customer_id = 'c-o8' and kind = 'refund'`,
      );
    const before = await slow();
    await change(`state = 'reserved'`);
    while (await feed.turn());
    await detector.settled();
    await change(`state = 'settled'`);
    const [{ at } = { at: new Date() }] = await world.rows<{ at: Date }>(
      'select at from own_event',
    );
    // Everything else is read far beyond its due.
    await waitFor(
      async () =>
        (
          await world.rows(
            `select 1 from topic_clock where topic = 'other.events'
               and read_through > $1::timestamptz + interval '2 seconds'`,
            [at],
          )
        ).length === 1,
      { timeoutMs: 20_000, what: 'the clock of the topic' },
    );

    expect(await slow()).toBe(before);
    while (await feed.turn());
    await waitFor(async () => (await world.rows('select 1 from timer')).length === 0, {
      timeoutMs: 20_000,
      what: 'the deadline to be closed',
    });
    expect(await slow()).toBe(before);
    await change(`state = 'held', held_by = 'no-provider'`);
  });

  const slow = async () =>
    (await detector.incidents()).filter(({ rule }) => rule === 'slow').length;

  it('the trial of a rule is told, too, and pays nothing', async () => {
    await roll('echo', false);
    await roll('echo', true, 'shadow');
    await late('o6');
    await atRest();

    expect(await paidBy('echo', 'c-o6')).toBe(0);
    const states = (await detector.incidents()).filter(({ customer }) => customer === 'c-o6');
    expect(states.map(({ rule, state }) => [rule, state]).sort()).toEqual([
      ['echo', 'shadow'],
      ['late', 'paid'],
    ]);
  });

  it('end with the rules that watch them', async () => {
    await roll('echo', false);
    await roll('slow', false);
    await late('o7');
    await detector.settled();
    await world.decide();

    expect(await waiting()).toEqual([]);
    expect(await world.rows('select 1 from own_event_watch')).toEqual([]);
  });
});
