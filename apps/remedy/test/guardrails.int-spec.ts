import { ReleaseHold, watchGuardrails } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

describe('guardrails', () => {
  let world: RemedyWorld;
  let other: RemedyWorld;
  afterAll(async () => {
    await world.close();
    await other.close();
  });
  const database = useTestDatabase();
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    other = await RemedyWorld.open({ url: database().url });
    await world.rule(creditRule({ id: 'storm' }));
    await world.rule(creditRule({ id: 'calm', labels: {} }));
    await world.database.query(`update rule_run set since = now() - interval '60 days'`);
    await world.database.query(
      `update rule_rollout set guardrails = '{"max_spend_ratio": 3, "max_hit_ratio": 3}'`,
    );
    for (const rule of ['storm', 'calm']) {
      for (const weeks of [1, 2, 3, 4]) await payouts(rule, 10, weeks);
    }
  });

  let count = 0;
  /** So many payouts of a rule within half an hour, some weeks ago. */
  async function payouts(rule: string, n: number, weeksAgo = 0): Promise<void> {
    for (let k = 0; k < n; k += 1) {
      count += 1;
      await world.incident({ rule, customer: `g-${String(count)}` });
    }
    await world.decide();
    await world.database.query(
      `update compensation set created_at = now() - make_interval(days => $1, mins => 30)
       where rule_id = $2 and created_at > now() - interval '5 minutes'`,
      [7 * weeksAgo, rule],
    );
    await world.database.query(
      `update incident set detected_at = now() - make_interval(days => $1, mins => 30)
       where rule_id = $2 and detected_at < '2026-06-01'`,
      [7 * weeksAgo, rule],
    );
  }

  const holds = () =>
    world.rows<{ id: string; scope: unknown; created_by: string; state: string }>(
      'select id, scope, created_by, state from hold order by created_at',
    );

  it('let a usual hour be', async () => {
    await payouts('storm', 28);
    await payouts('calm', 12);

    expect(await watchGuardrails(world.remedy)).toBe(0);
    expect(await holds()).toEqual([]);
  });

  it('hold the rule that storms, once, and tell people', async () => {
    await payouts('storm', 5);

    const held = await Promise.all([
      watchGuardrails(world.remedy),
      watchGuardrails(other.remedy),
      watchGuardrails(world.remedy),
    ]);

    expect(held.reduce((sum, one) => sum + one, 0)).toBe(1);
    const [hold, ...more] = await holds();
    expect(more).toEqual([]);
    expect(hold).toMatchObject({
      scope: { rule: 'storm' },
      created_by: 'guardrail',
      state: 'active',
    });
    expect(
      await world.rows(
        `select about, detail->>'guard' as guard from notice where kind = 'guardrail.tripped'`,
      ),
    ).toEqual([{ about: 'rule:storm', guard: 'max_hit_ratio' }]);
    expect(
      await world.rows(
        `select reason from audit where action = 'hold.create' and actor_id = 'guardrail'`,
      ),
    ).toEqual([
      { reason: 'guardrail max_hit_ratio: 33 incidents in the last hour, where 10.0 are usual' },
    ]);
  });

  it('pay nothing more of it, and everything else', async () => {
    const stormed = await world.incident({ rule: 'storm', customer: 'after' });
    const calm = await world.incident({ rule: 'calm', customer: 'after' });
    await world.decide();

    expect(await world.incidentState(stormed)).toBe('held');
    expect(await world.incidentState(calm)).toBe('paid');
  });

  it('do not overrule the person who releases it', async () => {
    const [hold] = await holds();
    await new ReleaseHold(world.remedy).execute(person('li'), {
      id: hold?.id ?? '',
      heldItems: 'pay',
      note: 'a real storm',
    });
    while ((await world.drainHolds()) > 0);

    expect(await watchGuardrails(world.remedy)).toBe(0);
  });

  it('stop everything where the account says so', async () => {
    await world.settings({ guardrails: { max_spend_ratio: 2 } });

    expect(await watchGuardrails(world.remedy)).toBe(1);
    expect((await holds()).at(-1)).toMatchObject({ scope: { all: true }, created_by: 'guardrail' });
    await world.settings({});
  });
});
