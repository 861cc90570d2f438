import { useTestDatabase } from '@amends/testing';
import { EXAMPLE_IDS as ID } from '../src/routes/shared/example-ids';
import { startApi, type ApiHarness } from './api-harness';
import { createExampleWorld } from './example-world';

const database = useTestDatabase({
  invariants: { unchecked: 'the example world is rows for the examples to show, not a life' },
});
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi(database().url);
  await createExampleWorld(api.database, database().pool);
});

afterAll(() => api.close());

async function idsOf(path: string): Promise<string[]> {
  const { status, body } = await api.call(path);
  expect(status).toBe(200);
  return (body.items as { id: string }[]).map(({ id }) => id);
}

describe('compensations and messages are filtered as incidents are', () => {
  it.each([
    ['compensations?key=8812', [ID.paidCompensation]],
    ['compensations?key=8814&key=8812&state=review', [ID.reviewCompensation]],
    ['compensations?key=8899', []],
    ['messages?key=8812', [ID.sentMessage]],
    ['messages?key=8899', []],
    ['messages?rule=late-delivery', [ID.sentMessage]],
    ['messages?rule=late-delivery&rule=other&customer_id=c_123', [ID.sentMessage]],
    ['messages?rule=other', []],
    ['messages?label.team=delivery', [ID.sentMessage]],
    ['messages?label.team=video', []],
  ])('%s', async (query, ids) => {
    expect(await idsOf(`/v1/${query}`)).toEqual(ids);
  });
});

describe('from is in and to is out', () => {
  const at = '2026-03-01T04:34:10Z';

  it.each([
    ['approvals', ID.approval],
    ['holds', ID.hold],
    ['quarantine', ID.quarantined],
    ['messages', ID.sentMessage],
    ['incidents', ID.paidIncident],
    ['compensations', ID.paidCompensation],
  ])('%s', async (list, id) => {
    const after = await idsOf(`/v1/${list}?from=${at}&to=2026-03-01T04:34:11Z`);
    const before = await idsOf(`/v1/${list}?from=2026-02-01T00:00:00Z&to=${at}`);

    expect(after).toContain(id);
    expect(before).toEqual([]);
  });
});

it('an incident says how far it is away from the world', async () => {
  await api.database.query('update incident set depth = 1 where id = $1', [ID.openIncident]);
  const { body: list } = await api.call('/v1/incidents?key=8813&key=8812&order=asc');
  const { body: one } = await api.call(`/v1/incidents/${ID.openIncident}`);

  const depths = (list.items as { id: string; depth: number }[]).map(({ id, depth }) => [
    id,
    depth,
  ]);
  expect(new Map(depths as [string, number][])).toEqual(
    new Map([
      [ID.paidIncident, 0],
      [ID.openIncident, 1],
    ]),
  );
  expect(one.depth).toBe(1);
});
