import { SetRollout, SYSTEM, Wake } from '@amends/application';
import { PgDatabase, PgHistory } from '@amends/persistence';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, promised } from './spec-support/events';
import { putRule, rollOut } from './spec-support/rule-table';
import { LATE, PROMISE } from './spec-support/rules';

const database = useTestDatabase();

describe('a change of rules', () => {
  let fixture: DetectorFixture;

  beforeAll(async () => {
    fixture = await DetectorFixture.open(database().url);
  });

  afterAll(() => fixture.close());

  const has = async (customer: string) =>
    (await fixture.incidents()).some((incident) => incident.customer === customer);

  it('is in force within a second, while events flow and when nothing happens', async () => {
    await fixture.send([delivered('before', Date.now(), 30)]);
    await fixture.settled();
    await putRule(fixture.pool, LATE);
    await fixture.send([delivered('at-once', Date.now(), 30)]);
    await fixture.settled(1_000);
    expect(await has('customer-before')).toBe(false);
    expect(await has('customer-at-once')).toBe(true);

    const startMs = performance.now();
    await rollOut(fixture.pool, 'late', {});
    const { generation } = (
      await fixture.rows<{ generation: bigint }>('select generation from rule_set')
    )[0] ?? { generation: 0n };
    await waitFor(async () => (await fixture.detector.rules.current()).generation === generation);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    await fixture.send([delivered('off', Date.now(), 30)]);
    await fixture.settled();
    expect(await has('customer-off')).toBe(false);
  });

  it('semantics 4: what opened under one version ends under it', async () => {
    await putRule(fixture.pool, { ...PROMISE, id: 'versions' });
    const dueMs = Date.now() + 1_500;
    await fixture.send([promised('old', Date.now(), dueMs)]);
    await fixture.settled();
    const second = await putRule(fixture.pool, { ...PROMISE, id: 'versions', title: 'Second' });
    await fixture.send([promised('new', Date.now(), dueMs)]);
    await fixture.settled();
    const found = await waitFor(async () => {
      const incidents = (await fixture.incidents()).filter(({ rule }) => rule === 'versions');
      return incidents.length === 2 ? incidents : undefined;
    });
    expect(new Map(found.map(({ key, version }) => [key, version]))).toEqual(
      new Map([
        ['"old"', 1],
        ['"new"', second],
      ]),
    );
  });

  it('a rule that was switched off fires nothing, and forgets what was open', async () => {
    await putRule(fixture.pool, { ...PROMISE, id: 'stopped' });
    await fixture.send([promised('stopped', Date.now(), Date.now() + 700)]);
    await fixture.settled();
    await rollOut(fixture.pool, 'stopped', {});
    await waitFor(async () => {
      const [left] = await fixture.rows<{ n: number }>(
        `select (select count(*) from detect_state s join rule r on r.no = s.rule_no
                 where r.id = 'stopped')::int
              + (select count(*) from timer t join rule r on r.no = t.rule_no
                 where r.id = 'stopped')::int as n`,
      );
      return left?.n === 0;
    });
    expect((await fixture.incidents()).filter(({ rule }) => rule === 'stopped')).toEqual([]);
  });

  it('a rule that is switched off and on again forgets what was open, however soon', async () => {
    const id = 'again';
    const version = await putRule(fixture.pool, { ...PROMISE, id });
    await fixture.rows('update rule_rollout set revision = 1 where rule_id = $1', [id]);
    const dueMs = Date.now() + 1_500;
    await fixture.send([promised('before-off', Date.now(), dueMs)]);
    await fixture.settled();
    const setRollout = new SetRollout(new PgDatabase(fixture.pool), new PgHistory(), new Wake());
    for (const live of [null, { version, percent: 100 }]) {
      const input = { live, shadow: null, guardrails: null, note: null, overrideReason: null };
      await setRollout.execute(id, input, { kind: 'match', tags: ['*'] }, SYSTEM);
    }
    await fixture.send([promised('after-on', Date.now(), dueMs)]);

    const keys = await waitFor(async () => {
      const found = (await fixture.incidents()).filter(({ rule }) => rule === id);
      return found.some(({ key }) => key === '"after-on"') && found.map(({ key }) => key);
    });
    expect(keys).toEqual(['"after-on"']);
  });

  it('semantics 9: a stored version that does not compile stops no other rule', async () => {
    const broken = { ...LATE, id: 'broken', detect: { ...LATE.detect, type: 'deadline' } };
    await putRule(fixture.pool, broken as unknown as typeof LATE);
    await putRule(fixture.pool, { ...LATE, id: 'late-again' });
    await fixture.send([delivered('beside-broken', Date.now(), 30)]);
    await fixture.settled();
    expect(await has('customer-beside-broken')).toBe(true);
  });
});
