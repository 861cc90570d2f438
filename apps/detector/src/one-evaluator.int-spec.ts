import {
  DecideShard,
  DECISION_SHARDS,
  PayoutProviders,
  Remedy,
  RemedyObserver,
  Wake,
} from '@amends/application';
import {
  compileRule,
  formatDuration,
  formatMoney,
  runRuleTests,
  type RuleDocument,
  type RuleTestExpectation,
} from '@amends/domain';
import { LogAdvanceClock } from '@amends/messaging';
import { PgDatabase, PgHistory } from '@amends/persistence';
import { useTestDatabase } from '@amends/testing';
import { DetectorFixture, type EventInput } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

/** `at: 0h` of rule tests. */
const START_MS = Date.parse('2026-03-01T00:00:00Z');
const MINUTE_MS = 60_000;
const END_MS = START_MS + 48 * 60 * MINUTE_MS;

const steps = [1, 2, 3].map((from) => ({ from, pay: `${String(from)}.50 EUR` }));
const RULES: readonly RuleDocument[] = [
  {
    ...LATE,
    pay: { as: 'credit', amount: { bands: 'late', steps: [{ from: 0, pay: '4.00 EUR' }] } },
  },
  {
    ...PROMISE,
    detect: {
      ...PROMISE.detect,
      allow_late: '10m',
      let: { step: 'double(unit)' },
      accrue: { every: '30m', max: 3 },
    },
    pay: { as: 'credit', amount: { bands: 'step', steps } },
    limits: [{ total: '9.00 EUR', per: 'customer', then: 'trim' }],
  } as RuleDocument,
  {
    ...FAILURES,
    pay: { as: 'credit', amount: { fixed: '7.00 EUR' } },
    limits: [{ times: 3, per: 'customer', then: 'skip' }],
  },
];

/** Kept, late, broken and refuted promises, deliveries of all delays, and failures; some out of order. */
const EVENTS: readonly EventInput[] = Array.from({ length: 40 }, (_, index): EventInput[] => {
  const order = `o${String(index)}`;
  const atMs = START_MS + index * 9 * MINUTE_MS;
  const dueMs = atMs + ((index * 7) % 50) * MINUTE_MS;
  const customer = `c${String(index % 6)}`;
  const arrivedMs = dueMs + (((index * 37) % 140) - 40) * MINUTE_MS;
  return [
    { ...promised(order, atMs, dueMs), customer },
    ...(index % 5 === 0
      ? []
      : [{ ...delivered(order, Math.max(arrivedMs, atMs), (index * 3) % 25), customer }]),
    failed(`q${String(index % 3)}`, atMs + ((index * 11) % 30) * MINUTE_MS, `f${String(index)}`),
  ];
})
  .flat()
  .map((event, index) => ({ event, place: Number(event.at) + ((index * 13) % 8) * MINUTE_MS }))
  .sort((a, b) => a.place - b.place)
  .map(({ event }) => event);

interface Decided {
  readonly customer: string;
  readonly key: string;
  readonly unit: number;
  readonly pay: string;
}

describe('guarantee 6: live, shadow and rule test give one answer', () => {
  // Closed before its database goes.
  afterAll(() => DetectorFixture.closeAll());
  const database = useTestDatabase();

  it('the same incidents and the same sums for the same stream', async () => {
    const fixture = await DetectorFixture.open(database().url, { clock: 'stream' });
    for (const rule of RULES) await putRule(fixture.pool, rule, { live: 1, shadow: 1 });
    await fixture.send(EVENTS);
    await new LogAdvanceClock(fixture.pool, new Wake()).execute(END_MS);
    await decideAll(fixture);
    const found = await fixture.rows<{ lane: number; incidents: string[] }>(
      `select lane, array_agg(concat_ws(' ', rule_id, key, occurrence, customer_id, event_time, closed_at,
         refuted_at is not null, facts) order by rule_id, key, occurrence) as incidents
       from incident group by lane order by lane`,
    );
    const [live, shadow] = found;
    expect(shadow?.incidents).toEqual(live?.incidents);
    expect(live?.incidents.length).toBeGreaterThan(30);

    for (const rule of RULES) {
      const paid = await paidLive(fixture, rule.id);
      expect(sorted(await paidInShadow(fixture, rule.id))).toEqual(sorted(paid));
      const expected = paid.map(({ customer, pay, atMs, refuted }): RuleTestExpectation => {
        const at = formatDuration(atMs - START_MS);
        return { customer, pay, at, ...(refuted ? { refuted } : {}) };
      });
      expect(expected.length).toBeGreaterThan(2);
      expect(tested(rule, expected)).toMatchObject({ ok: true, missing: [], unexpected: [] });
      expect(tested(rule, expected.slice(1)).ok).toBe(expected[0]?.refuted ?? false);
    }
  }, 60_000);
});

function sorted(decided: readonly Decided[]): string[] {
  return decided.map(({ customer, key, unit, pay }) => [customer, key, unit, pay].join(' ')).sort();
}

/** What the rule's own test says of the same events. */
function tested(rule: RuleDocument, expect: readonly RuleTestExpectation[]) {
  const events = EVENTS.map(({ type, at, id, customer, data }, index) => ({
    at: formatDuration(Number(at) - START_MS),
    type,
    source: 'spec',
    id: id ?? `event-${String(index)}`,
    ...(customer === undefined ? {} : { customerid: customer }),
    ...(data === undefined ? {} : { data }),
  }));
  const test = { name: 'the stream', events, until: formatDuration(END_MS - START_MS), expect };
  const compiled = compileRule({ ...rule, tests: [test] }, { version: 1, calendars: new Map() });
  const [result] = runRuleTests(compiled).results;
  if (!result) throw new Error('the test did not run');
  return result;
}

async function decideAll({ pool }: DetectorFixture): Promise<void> {
  const remedy = new Remedy({
    database: new PgDatabase(pool),
    history: new PgHistory(),
    observer: new RemedyObserver(),
    providers: new PayoutProviders([]),
    wake: new Wake(),
    clock: 'stream',
    topicsOf: () => ['all.events'],
  });
  const decide = new DecideShard(remedy);
  for (let shard = 0; shard < DECISION_SHARDS; shard += 1) {
    while ((await decide.execute(shard)) > 0);
  }
}

async function paidLive(fixture: DetectorFixture, rule: string) {
  const rows = await fixture.rows<{
    customer: string;
    key: string;
    unit: number;
    minor: bigint;
    at: Date;
    refuted: boolean;
  }>(
    `select i.customer_id as customer, i.occurrence || i.key as key, c.unit, c.amount_minor as minor,
       c.incident_at as at, i.refuted_at is not null as refuted
     from compensation c join incident i on i.id = c.incident_id where i.rule_id = $1`,
    [rule],
  );
  return rows.map(({ minor, at, ...row }) => ({
    ...row,
    pay: formatMoney({ minor, currency: 'EUR' }),
    atMs: at.getTime(),
  }));
}

async function paidInShadow(fixture: DetectorFixture, rule: string): Promise<Decided[]> {
  const rows = await fixture.rows<{
    customer: string;
    key: string;
    why: { unit?: number; would_pay?: string }[];
  }>(
    `select customer_id as customer, occurrence || key as key, why from incident
     where lane = 1 and rule_id = $1`,
    [rule],
  );
  return rows.flatMap(({ customer, key, why }) => {
    let unit = 0;
    return why.flatMap((line) => {
      unit = line.unit ?? unit;
      return line.would_pay === undefined ? [] : [{ customer, key, unit, pay: line.would_pay }];
    });
  });
}
