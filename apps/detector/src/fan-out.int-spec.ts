import type { RuleDocument } from '@amends/domain';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture, type EventInput } from './spec-support/detector-fixture';
import { putRule } from './spec-support/rule-table';

const database = useTestDatabase();
const DAY_MS = 86_400_000;

const RECALL: RuleDocument = {
  kind: 'Rule',
  id: 'recall',
  title: 'Product recall',
  detect: {
    type: 'event',
    event: 'quality.recalled',
    by: 'data.recall_id',
    allow_late: '2s',
    for_each: {
      event: 'order.delivered',
      by: 'data.line_id',
      over: '30d',
      where: { 'data.lot': { in: { field: 'trigger.data.lots' } } },
    },
  },
  pay: { as: 'nothing' },
};

function bought(line: string, lot: string, atMs: number, customer = `c-${line}`): EventInput {
  return { type: 'order.delivered', at: atMs, customer, data: { line_id: line, lot } };
}

function recalled(id: string, lots: string[], atMs: number): EventInput {
  return { type: 'quality.recalled', at: atMs, data: { recall_id: id, lots } };
}

describe('for_each', () => {
  let fixture: DetectorFixture;

  beforeAll(async () => {
    await putRule(database().pool, RECALL);
    fixture = await DetectorFixture.open(database().url);
  });

  afterAll(() => fixture.close());

  const foundFor = async (id: string) =>
    (await fixture.incidents()).filter(({ key }) => key === JSON.stringify(id));

  it('finds every owner in history once, the newest event of each speaking', async () => {
    const nowMs = Date.now();
    const lines = Array.from({ length: 1_300 }, (_, index) => `l${String(index)}`);
    for (let start = 0; start < lines.length; start += 500) {
      const part = lines.slice(start, start + 500);
      await fixture.send(
        part.map((line, i) => bought(line, i % 2 === 0 ? 'A' : 'B', nowMs - DAY_MS)),
      );
    }
    await fixture.send([
      bought('l0', 'A', nowMs - DAY_MS / 2, 'second-owner'),
      bought('old', 'A', nowMs - 40 * DAY_MS),
    ]);
    await fixture.send([bought('imported', 'A', nowMs - 2 * DAY_MS)], true);
    await fixture.settled();

    await fixture.send([recalled('r1', ['A'], nowMs)]);
    const found = await waitFor(
      async () => {
        const incidents = await foundFor('r1');
        return incidents.length >= 651 ? incidents : undefined;
      },
      { timeoutMs: 20_000 },
    );
    expect(found).toHaveLength(651);
    expect(found.find(({ occurrence }) => occurrence === '"l0"')?.customer).toBe('second-owner');
    expect(found.some(({ occurrence }) => occurrence === '"imported"')).toBe(true);
    expect(found.some(({ occurrence }) => occurrence === '"old"')).toBe(false);
    const [asked] = await fixture.rows(
      `select count(*)::int as n from decision_queue q join incident i on i.id = q.incident_id
       where i.key = '"r1"'`,
    );
    expect(asked).toEqual({ n: 651 });
  }, 60_000);

  it('asks for the decisions of one trigger in the order of what was found', async () => {
    const nowMs = Date.now();
    await fixture.send([
      bought('z1', 'Z', nowMs - 3_000, 'zoe'),
      bought('z2', 'Z', nowMs - 2_000, 'zoe'),
    ]);
    await fixture.settled();
    await fixture.send([recalled('r-order', ['Z'], nowMs)]);
    const asked = await waitFor(async () => {
      const rows = await fixture.rows(
        `select i.occurrence from decision_queue q join incident i on i.id = q.incident_id
         where i.key = '"r-order"' order by q.id`,
      );
      return rows.length === 2 ? rows : undefined;
    });
    expect(asked).toEqual([{ occurrence: '"z1"' }, { occurrence: '"z2"' }]);
  });

  it('takes what arrives after the trigger for allow_late, and then no more', async () => {
    const nowMs = Date.now();
    await fixture.send([recalled('r2', ['C'], nowMs)]);
    await fixture.settled();
    await fixture.send([
      bought('in-time', 'C', nowMs - 1_000),
      bought('other', 'D', nowMs - 1_000),
    ]);
    await fixture.settled();
    await waitFor(async () => (await foundFor('r2')).length === 1);
    await waitFor(async () => {
      const [open] = await fixture.rows(`select 1 from fanout where key = '"r2"' and not done`);
      return open === undefined;
    });
    await fixture.send([bought('too-late', 'C', nowMs - 1_000)]);
    await fixture.settled();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await foundFor('r2')).map(({ occurrence }) => occurrence)).toEqual(['"in-time"']);
  }, 20_000);

  it('a second trigger of the same key finds others, and nobody twice', async () => {
    await fixture.send([recalled('r2', ['C', 'D'], Date.now())]);
    await fixture.settled();
    const found = await waitFor(async () => {
      const incidents = await foundFor('r2');
      return incidents.length >= 3 ? incidents : undefined;
    });
    expect(found.map(({ occurrence }) => occurrence).sort()).toEqual([
      '"in-time"',
      '"other"',
      '"too-late"',
    ]);
  });
});
