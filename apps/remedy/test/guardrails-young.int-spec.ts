import {
  CreateManualCompensation,
  RemedyObserver,
  watchGuardrails,
  type Remedy,
} from '@amends/application';
import { putHistory, useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('guardrails of a rule that has no weeks of its own', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();
  const young = creditRule({
    id: 'young',
    detect: { type: 'event', event: 'delivery.late', by: 'data.order_id' },
  });

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    // On each of the last six days there were ten at this hour.
    const events = [1, 2, 3, 4, 5, 6].flatMap((day) =>
      Array.from({ length: 10 }, (_, index) => {
        const id = `e-${String(day)}-${String(index)}`;
        const time = new Date(Date.now() - day * DAY_MS - 30 * MINUTE_MS).toISOString();
        const customer = `h-${id}`;
        const event = { specversion: '1.0', source: 'spec', id, type: 'delivery.late', time };
        const body = JSON.stringify({ ...event, customerid: customer, data: { order_id: id } });
        return { time, type: 'delivery.late', customer, body };
      }),
    );
    await putHistory(database().pool, events);
    for (const id of ['young', 'unheard-of']) {
      const type = id === 'young' ? 'delivery.late' : 'delivery.stolen';
      await world.rule({
        ...young,
        id,
        detect: { type: 'event', event: type, by: 'data.order_id' },
      });
    }
    await world.database.query(
      `update rule_rollout set guardrails = '{"max_hit_ratio": 3, "max_spend_ratio": 3}',
         live_since = now() - interval '50 minutes'`,
    );
  });

  let count = 0;
  async function payouts(rule: string, n: number): Promise<void> {
    const now = new Date().toISOString();
    for (let k = 0; k < n; k += 1) {
      count += 1;
      await world.incident({ rule, customer: `y-${String(count)}`, at: now, clock: now });
    }
    await world.decide();
  }

  const notices = () =>
    world.rows(
      `select about, detail->>'guard' as guard, detail->>'compared_by' as by
       from notice where kind = 'guardrail.tripped'`,
    );

  it('let it do what its back-test says', async () => {
    await payouts('young', 29);

    expect(await watchGuardrails(world.remedy)).toBe(0);
    expect(await notices()).toEqual([]);
  });

  it('hold it when it does more than the factor of that, and tell people', async () => {
    await payouts('young', 2);

    expect(await watchGuardrails(world.remedy)).toBe(1);
    expect(await notices()).toEqual([
      { about: 'rule:young', guard: 'max_hit_ratio', by: 'history' },
    ]);
    expect(await world.rows(`select scope, state from hold`)).toEqual([
      { scope: { rule: 'young' }, state: 'active' },
    ]);
  });

  it('play history once for a version', async () => {
    const made = () =>
      world.rows(`select rule_id, version, made_at from guardrail_expectation order by 1, 2`);
    const before = await made();
    await watchGuardrails(world.remedy);

    expect(before).toHaveLength(2);
    expect(await made()).toEqual(before);
  });

  it('expect nothing where history knows nothing: the caps have to do', async () => {
    await payouts('unheard-of', 60);

    expect(await watchGuardrails(world.remedy)).toBe(0);
  });

  it('watch the others when one cannot be played', async () => {
    await world.rule({ ...young, id: 'unplayable' });
    await world.database.query(
      `update rule_rollout set guardrails = '{"max_hit_ratio": 3}', live_since = now()
       where rule_id = 'unplayable'`,
    );
    const warned: unknown[] = [];
    const observer = new (class extends RemedyObserver {
      override warn(what: string): void {
        warned.push(what);
      }
    })();
    const history = { read: () => Promise.reject(new Error('gone')) };
    const remedy = Object.assign(Object.create(world.remedy) as Remedy, { history, observer });

    expect(await watchGuardrails(remedy)).toBe(0);
    expect(warned).toEqual(['a rule could not be played for its guardrails']);
  });
});

describe('guardrails of an account that has no weeks of its own', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    const at = (days: number) =>
      new Date(Date.now() - days * DAY_MS - 30 * MINUTE_MS).toISOString();
    for (const type of ['delivery.late', 'delivery.cold']) {
      const events = [1, 2, 3, 4, 5, 6].flatMap((day) =>
        Array.from({ length: 10 }, (_, index) => {
          const id = `${type}-${String(day)}-${String(index)}`;
          const event = { specversion: '1.0', source: 'spec', id, type, time: at(day) };
          const customer = `a-${id}`;
          const body = JSON.stringify({ ...event, customerid: customer, data: { order_id: id } });
          return { time: event.time, type, customer, body };
        }),
      );
      await putHistory(database().pool, events);
      await world.rule(
        creditRule({ id: type, detect: { type: 'event', event: type, by: 'data.order_id' } }),
      );
    }
    await world.database.query(
      `update rule_rollout set live_since = now() - interval '50 minutes'`,
    );
    await world.settings({ guardrails: { max_hit_ratio: 3, max_spend_ratio: 3 } });
  });

  let count = 0;
  async function payouts(rule: string, n: number): Promise<void> {
    const now = new Date().toISOString();
    for (let k = 0; k < n; k += 1) {
      count += 1;
      await world.incident({ rule, customer: `ay-${String(count)}`, at: now, clock: now });
    }
    await world.decide();
  }

  it('expect of it what all its rules together would have done', async () => {
    // Three times what one of the two does, and less than three times what they do together.
    await payouts('delivery.late', 35);
    await payouts('delivery.cold', 24);

    expect(await watchGuardrails(world.remedy)).toBe(0);
  });

  it('leave out what people give by hand, of which history tells nothing', async () => {
    for (let n = 0; n < 25; n += 1) {
      await new CreateManualCompensation(world.remedy).execute(person('li'), {
        customerId: `hand-${String(n)}`,
        as: 'credit',
        money: { minor: 5_000n, currency: 'EUR' },
        reason: 'sorry',
      });
    }

    expect(await watchGuardrails(world.remedy)).toBe(0);
  });

  it('stop everything above the factor of that, and tell people', async () => {
    await payouts('delivery.cold', 2);

    expect(await watchGuardrails(world.remedy)).toBe(1);
    expect(
      await world.rows(
        `select about, detail->>'guard' as guard, detail->>'compared_by' as by
         from notice where kind = 'guardrail.tripped'`,
      ),
    ).toEqual([{ about: 'account', guard: 'max_hit_ratio', by: 'history' }]);
  });
});

describe('guardrails of an account whose rule of many weeks gets company', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();

  const usual = async (rule: string, n: number, tag: string, agoDays: number) => {
    for (let k = 0; k < n; k += 1) await world.incident({ rule, customer: `${tag}-${String(k)}` });
    await world.decide();
    await world.database.query(
      `update compensation set created_at = now() - make_interval(days => $1, mins => 30)
       where created_at > now() - interval '5 minutes'`,
      [agoDays],
    );
    await world.database.query(
      `update incident set detected_at = now() - make_interval(days => $1, mins => 30)
       where detected_at < '2026-06-01'`,
      [agoDays],
    );
  };

  it('do not take the new rule for a storm', async () => {
    world = await RemedyWorld.open({ url: database().url });
    await world.rule(creditRule({ id: 'old' }));
    await world.database.query(`update rule_run set since = now() - interval '60 days'`);
    for (const weeks of [1, 2, 3, 4]) await usual('old', 10, `w${String(weeks)}`, 7 * weeks);
    // In the hour that ended then, or the clock hour it began in: at any minute of the hour.
    const time = new Date(Date.now() - 7 * DAY_MS - 10 * MINUTE_MS).toISOString();
    const events = Array.from({ length: 30 }, (_, index) => {
      const id = `n-${String(index)}`;
      const event = { specversion: '1.0', source: 'spec', id, type: 'delivery.new', time };
      const body = JSON.stringify({ ...event, customerid: `c-${id}`, data: { order_id: id } });
      return { time, type: 'delivery.new', customer: `c-${id}`, body };
    });
    const longAgo = new Date(Date.now() - 9 * DAY_MS).toISOString();
    const first = events.slice(0, 1).map((event) => ({ ...event, time: longAgo }));
    await putHistory(database().pool, [...first, ...events]);
    const detect = { type: 'event', event: 'delivery.new', by: 'data.order_id' } as const;
    await world.rule(creditRule({ id: 'new', detect }));
    await world.database.query(
      `update rule_rollout set live_since = now() - interval '20 minutes' where rule_id = 'new'`,
    );
    await world.settings({ guardrails: { max_hit_ratio: 2 } });

    // 40 are usual with the new one, 10 without it.
    await usual('new', 60, 'today', 0);
    expect(await watchGuardrails(world.remedy)).toBe(0);
    await usual('old', 25, 'more', 0);
    expect(await watchGuardrails(world.remedy)).toBe(1);
  });
});
