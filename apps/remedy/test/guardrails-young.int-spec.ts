import { RemedyObserver, watchGuardrails, type Remedy } from '@amends/application';
import { putHistory, useTestDatabase } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

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
