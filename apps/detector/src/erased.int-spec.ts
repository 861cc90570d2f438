import { EraseCustomer, SYSTEM } from '@amends/application';
import { PgDatabase, PgHistory } from '@amends/persistence';
import { readHistory, useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture, type EventInput } from './spec-support/detector-fixture';
import { failed } from './spec-support/events';
import { putRule } from './spec-support/rule-table';

const database = useTestDatabase();
afterEach(() => DetectorFixture.closeAll());

const RULE = {
  kind: 'Rule',
  id: 'failed',
  title: 'Something failed',
  detect: { type: 'event', event: 'quality.failed', by: 'id' },
  pay: { as: 'credit', amount: { fixed: '1.00 EUR' } },
} as const;

const about = (customer: string, id: string): EventInput => ({
  ...failed(customer, Date.now(), id),
  data: { email: `${customer}@canary.example` },
});

it('no event about somebody erased is evaluated or kept, however it came', async () => {
  await putRule(database().pool, RULE);
  const fixture = await DetectorFixture.open(database().url);
  const sql = new PgDatabase(fixture.pools.get('ingest'));
  const send = (customer: string, id: string) => fixture.send([about(customer, id)]);
  await send('ada', 'before');
  await waitFor(async () => (await readHistory(database().pool)).length === 1);

  // Events come all the time, past the door: some are being worked off at this moment.
  let isOver = false;
  const flood = (async () => {
    for (let n = 0; !isOver; n += 1) {
      await send('ada', `during-${String(n)}`);
      await send('bob', `bob-${String(n)}`);
    }
  })();
  await new Promise((passed) => setTimeout(passed, 200));
  const erased = await new EraseCustomer(sql, new PgHistory()).execute('ada', null, SYSTEM);
  await new Promise((passed) => setTimeout(passed, 200));
  isOver = true;
  await flood;
  await send('ada', 'after');
  await send('bob', 'last');
  await waitFor(async () =>
    (await readHistory(database().pool)).some(({ event }) => event['id'] === 'last'),
  );

  expect(erased).toMatchObject({ isDone: true });
  const kept = await readHistory(database().pool);
  const text = JSON.stringify(kept.map(({ event }) => event));
  expect(text).not.toContain('ada');
  expect(text).toContain('bob@canary.example');
  expect(kept.filter(({ type }) => type === 'amends.erased').length).toBeGreaterThan(2);
  const { rows } = await database().pool.query(
    `select 1 from incident where customer_id = 'ada' or event::text like '%ada@canary%'`,
  );
  expect(rows).toEqual([]);
  await fixture.close();
}, 30_000);
