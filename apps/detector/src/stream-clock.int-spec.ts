import { Wake } from '@amends/application';
import { compileRule, simulate, type RuleDocument } from '@amends/domain';
import { LogAdvanceClock } from '@amends/messaging';
import { createTestDatabase, type TestDatabase } from '@amends/testing';
import { DetectorFixture, toIncoming, type EventInput } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

const START_MS = Date.parse('2026-03-01T00:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ACCRUING: RuleDocument = {
  ...PROMISE,
  id: 'accruing',
  detect: { ...PROMISE.detect, allow_late: '10m', accrue: { every: '30m', max: 3 } },
  pay: { as: 'credit', amount: { fixed: '1.00 EUR' }, settle: 'each' },
} as RuleDocument;

/** A reproducible mixture of kept, late and broken promises, out of order by up to some minutes. */
function workload(seed: number): EventInput[] {
  const random = randomOf(seed);
  const events: EventInput[] = [];
  for (let index = 0; index < 80; index += 1) {
    const order = `w${String(index)}`;
    const atMs = START_MS + Math.floor(random() * 6 * 60) * MINUTE_MS;
    const dueMs = atMs + Math.floor(random() * 90) * MINUTE_MS;
    events.push(promised(order, atMs, dueMs));
    if (random() < 0.7) {
      const deliveredMs = dueMs + Math.floor((random() - 0.5) * 120) * MINUTE_MS;
      events.push(delivered(order, Math.max(deliveredMs, atMs), Math.floor(random() * 30)));
    }
    if (random() < 0.6) {
      const customer = `q${String(index % 9)}`;
      events.push(
        failed(customer, atMs + Math.floor(random() * 60) * MINUTE_MS, `f${String(index)}`),
      );
    }
  }
  return events
    .map((event) => ({ event, place: Number(event.at) + random() * 8 * MINUTE_MS }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
}

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the stream clock', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
    for (const rule of [LATE, PROMISE, FAILURES, ACCRUING]) await putRule(database.pool, rule);
  });

  afterEach(async () => {
    await DetectorFixture.closeAll();
    await database.drop();
  });

  const open = (batchMax?: number) =>
    DetectorFixture.open(database.url, {
      clock: 'stream',
      ...(batchMax !== undefined && { batchMax }),
    });
  const clockOf = (fixture: DetectorFixture) => new LogAdvanceClock(fixture.pool, new Wake());

  it('semantics 12: deadlines fire in due order between the events', async () => {
    const fixture = await open();
    await fixture.send([
      promised('second', START_MS, START_MS + 40 * MINUTE_MS),
      promised('first', START_MS, START_MS + 20 * MINUTE_MS),
      { type: 'other.tick', at: START_MS + 2 * HOUR_MS },
      promised('third', START_MS + 2 * HOUR_MS, START_MS + 3 * HOUR_MS),
    ]);
    await fixture.settled();
    const found = await fixture.rows<{ key: string; detected: Date; state: string }>(
      `select i.key, i.detected_at as detected from decision_queue q
       join incident i on i.id = q.incident_id where i.rule_id = 'promise' order by q.id`,
    );
    expect(found.map(({ key, detected }) => [key, detected.getTime() - START_MS])).toEqual([
      ['"first"', 20 * MINUTE_MS],
      ['"second"', 40 * MINUTE_MS],
    ]);
  });

  it('semantics 12: advance_to reads all that was sent before, then fires up to its time', async () => {
    const fixture = await open();
    const dueMs = START_MS + HOUR_MS;
    await fixture.send([promised('end', START_MS, dueMs), promised('after', START_MS, dueMs + 1)]);
    expect(await clockOf(fixture).execute(dueMs)).toBe(dueMs);
    const keys = async () =>
      (await fixture.incidents()).filter(({ rule }) => rule === 'promise').map(({ key }) => key);
    expect(await keys()).toEqual(['"end"']);
    // A time that has passed moves nothing back.
    expect(await clockOf(fixture).execute(START_MS)).toBe(dueMs);
    await clockOf(fixture).execute(dueMs + 1);
    expect(await keys()).toEqual(['"end"', '"after"']);
  });

  it('notes what history had been read when an incident was found', async () => {
    const fixture = await open();
    await fixture.send([
      promised('m1', START_MS, START_MS + MINUTE_MS),
      { type: 'refund.issued', at: START_MS + 2 * MINUTE_MS, id: 'refund' },
      delivered('m2', START_MS + 3 * MINUTE_MS, 30),
      { type: 'refund.issued', at: START_MS + 4 * MINUTE_MS, id: 'too-late' },
    ]);
    await fixture.settled();
    const kept = await fixture.history();
    const marks = await fixture.rows<{ key: string; history_mark: bigint }>(
      `select i.key, q.history_mark from decision_queue q join incident i on i.id = q.incident_id
       where i.rule_id in ('promise', 'late') order by q.id`,
    );
    const read = marks.map(({ key, history_mark }) => ({
      key,
      read: kept.filter(({ seq }) => seq <= history_mark).map(({ event }) => event.id),
    }));
    expect(read).toEqual([
      { key: '"m1"', read: ['promised-m1'] },
      { key: '"m2"', read: ['promised-m1', 'refund', 'delivered-m2'] },
    ]);
  });

  it.each([1, 7, 1_000])(
    'semantics 8: the same incidents as the simulation, in batches of %i',
    async (batchMax) => {
      const events = workload(4);
      const endMs = START_MS + 24 * HOUR_MS;
      const fixture = await open(batchMax);
      for (let start = 0; start < events.length; start += 33) {
        await fixture.send(events.slice(start, start + 33));
      }
      await clockOf(fixture).execute(endMs);
      const found = (await fixture.incidents()).map(
        ({ rule, key, at, closed, refuted }) =>
          `${rule} ${key} ${at.toISOString()} ${closed?.toISOString() ?? '-'} ${String(refuted !== null)}`,
      );
      expect(found.sort()).toEqual(simulated(events, endMs).sort());
      expect(found.length).toBeGreaterThan(30);
    },
    60_000,
  );

  it('semantics 8: each accrual unit is asked for once, at its own time', async () => {
    const fixture = await open(3);
    await fixture.send([promised('acc', START_MS, START_MS + HOUR_MS)]);
    await clockOf(fixture).execute(START_MS + 24 * HOUR_MS);
    const units = await fixture.rows<{ unit: number; at: Date; clock: Date }>(
      `select q.unit, q.at, q.clock from decision_queue q join incident i on i.id = q.incident_id
       where i.rule_id = 'accruing' order by q.id`,
    );
    const minutes = (date: Date) => (date.getTime() - START_MS) / MINUTE_MS;
    // Each when the clock has passed it by the ten minutes of allow_late.
    expect(units.map(({ unit, at, clock }) => [unit, minutes(at), minutes(clock)])).toEqual([
      [1, 60, 70],
      [2, 90, 100],
      [3, 120, 130],
    ]);
  });

  it('semantics 12: survives a restart between any two batches', async () => {
    const events = workload(11);
    const endMs = START_MS + 24 * HOUR_MS;
    for (let start = 0; start < events.length; start += 60) {
      const fixture = await open(5);
      await fixture.send(events.slice(start, start + 60));
      await new Promise((resolve) => setTimeout(resolve, 60));
      await fixture.close();
    }
    const last = await open(5);
    await clockOf(last).execute(endMs);
    const found = (await last.incidents()).map(
      ({ rule, key, at, closed, refuted }) =>
        `${rule} ${key} ${at.toISOString()} ${closed?.toISOString() ?? '-'} ${String(refuted !== null)}`,
    );
    expect(found.sort()).toEqual(simulated(events, endMs).sort());
  }, 60_000);
});

/** What the pure simulation finds, rule by rule. */
function simulated(events: readonly EventInput[], untilMs: number): string[] {
  const arrivals = events.map((event) => toIncoming(event).event.json);
  return [LATE, PROMISE, FAILURES, ACCRUING].flatMap((document) => {
    const rule = compileRule(document, { version: 1, calendars: new Map() });
    return simulate(rule, arrivals, { untilMs }).map(
      ({ key, atMs, closedAtMs, refuted }) =>
        `${document.id} ${JSON.stringify(key)} ${new Date(atMs).toISOString()} ` +
        `${closedAtMs === null ? '-' : new Date(closedAtMs).toISOString()} ${String(refuted)}`,
    );
  });
}
