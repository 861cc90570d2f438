import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createTestDatabase,
  spawnTypescript,
  testRunFolder,
  waitFor,
  type TestDatabase,
} from '@amends/testing';
import { detectorProgram } from './spec-support/detector-process';
import { DetectorFixture, type EventInput } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

jest.setTimeout(180_000);

const POINTS = [
  'ingest.before-commit',
  'ingest.after-commit',
  'detector.after-fence',
  'detector.before-state-write',
  'detector.before-commit',
  'detector.after-commit',
  'timer.after-claim',
  'timer.before-commit',
  'timer.after-commit',
] as const;

const ORDERS = 60;
const DUE_IN_MS = 1_500;

/** A third of the orders is late, all were promised, a half is never delivered. */
function workload(nowMs: number): EventInput[] {
  return Array.from({ length: ORDERS }, (_, index): EventInput[] => {
    const order = `o${String(index)}`;
    const promise = promised(order, nowMs - 120_000, nowMs + DUE_IN_MS);
    const delivery = delivered(order, nowMs - 60_000, index % 3 === 0 ? 30 : 1);
    const fails = [1, 2, 3].map((n) => failed(order, nowMs - n * 1_000, `f${String(n)}-${order}`));
    return [promise, ...(index % 2 === 0 ? [delivery] : []), ...(index % 5 === 0 ? fails : [])];
  }).flat();
}

const EXPECTED = {
  late: Array.from({ length: ORDERS }, (_, i) => i).filter((i) => i % 2 === 0 && i % 3 === 0)
    .length,
  promise: Array.from({ length: ORDERS }, (_, i) => i).filter((i) => i % 2 === 1).length,
  failures: Array.from({ length: ORDERS }, (_, i) => i).filter((i) => i % 5 === 0).length,
};

describe('kill -9', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    for (const rule of [LATE, PROMISE, FAILURES]) await putRule(database.pool, rule);
  });

  afterEach(async () => {
    await DetectorFixture.closeAll();
    await database.drop();
  });

  it.each(POINTS)(
    'guarantees 1 and 2: nothing is lost or found twice when it dies at %s',
    async (point) => {
      const events = workload(Date.now());
      const file = join(testRunFolder(), `events-${database.name}.json`);
      writeFileSync(file, JSON.stringify(events));
      const env = { SPEC_DATABASE: database.url, SPEC_EVENTS: file, AMENDS_TEST_CRASH: '1' };
      let deaths = 0;
      for (const pass of [1, 2]) {
        const crashAt = `${point}:${String(pass)}`;
        const victim = spawnTypescript(detectorProgram(), { ...env, AMENDS_CRASH_AT: crashAt });
        await victim.line(/sent/).catch(() => undefined);
        if (await dies(victim.process)) deaths += 1;
        await victim.end();
      }
      expect(deaths).toBeGreaterThanOrEqual(1);

      // The sender got no answer and sends again; what is known at the door does no harm.
      const heir = await DetectorFixture.open(database.url);
      for (let start = 0; start < events.length; start += 50) {
        await heir.send(events.slice(start, start + 50));
      }
      await heir.settled();
      await waitFor(async () => (await counts(heir)).promise === EXPECTED.promise, {
        timeoutMs: 20_000,
        what: 'every deadline',
      });
      expect(await counts(heir)).toEqual(EXPECTED);
      expect(await oddities(heir)).toEqual({ lost: 0, twice: 0, undecided: 0, timers: 0 });
      await heir.close();
    },
  );
});

/** A point may not be passed again: then it lives, and is killed where it happens to be. */
async function dies(process: { exitCode: number | null; signalCode: string | null }) {
  const isDead = (): boolean => process.exitCode !== null || process.signalCode !== null;
  return waitFor(isDead, { timeoutMs: DUE_IN_MS + 2_000 }).catch(() => false);
}

async function counts(fixture: DetectorFixture): Promise<Record<string, number>> {
  const rows = await fixture.rows<{ rule_id: string; n: number }>(
    'select rule_id, count(*)::int as n from incident group by rule_id',
  );
  return Object.fromEntries(rows.map(({ rule_id, n }) => [rule_id, n]));
}

/** Events missing from history or in it twice, incidents nobody decides on, timers left over. */
async function oddities(fixture: DetectorFixture) {
  const kept = await fixture.history();
  const places = kept.map(({ topic, partition, offset }) =>
    JSON.stringify([topic, partition, String(offset)]),
  );
  const [row] = await fixture.rows(
    `select
       (select count(*) from event_log l where not exists (
          select 1 from json_array_elements($1) h where h->>0 = l.topic
            and (h->>1)::int = l.partition and (h->>2)::bigint = l."offset"))::int as lost,
       (select count(*) from incident i where not exists (
          select 1 from decision_queue q where q.incident_id = i.id and q.kind = 'decide'))::int
          as undecided,
       (select count(*) from timer)::int as timers`,
    [`[${places.join(',')}]`],
  );
  const ids = new Set(kept.map(({ event }) => JSON.stringify([event.source, event.id])));
  return { ...row, twice: kept.length - ids.size };
}
