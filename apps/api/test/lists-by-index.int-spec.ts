import {
  Conditions,
  INCIDENT_LIST,
  readEventHistory,
  readPage,
  type EventFilter,
  type PageRequest,
  type Sql,
} from '@amends/application';
import { PgDatabase, Pools } from '@amends/persistence';
import { useTestDatabase } from '@amends/testing';

const PAGE: PageRequest = { limit: 50, order: 'desc', after: undefined, isCounted: false };
const ALL: EventFilter = {
  types: undefined,
  subjects: undefined,
  customerIds: undefined,
  sources: undefined,
  idPrefix: undefined,
  fromMs: undefined,
  toMs: undefined,
};

describe('lists over a hundred thousand rows', () => {
  const database = useTestDatabase();
  let pools: Pools;
  let sql: PgDatabase;

  beforeAll(async () => {
    pools = await Pools.open({ url: database().url, sizes: { api: 2 } });
    sql = new PgDatabase(pools.get('api'));
    await sql.query(`insert into history (time, source, id, type, subject, topic, partition, "offset", body)
      select '2026-03-01Z'::timestamptz + n * interval '1 second', 's', n::text, 't.' || n % 7,
        'order/' || n % 20000, 't', 0, n, '{}' from generate_series(1, 100000) as n`);
    await sql.query(`insert into rule (id, latest_version) values ('late', 1)`);
    await sql.query(`insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence,
        customer_id, state, event_time, detected_at, event, vars, facts, evidence)
      select 'inc_' || n, 'late', 1, 0, 'data.order_id', to_jsonb(n::text)::text, '', 'c' || n % 999,
        'paid', '2026-03-01Z'::timestamptz + (n * 7919 % 100000) * interval '1 minute',
        '2026-03-01Z'::timestamptz + n * interval '1 minute', '{}', '{}', '{}', '[]'
      from generate_series(1, 100000) as n`);
    await sql.query('analyze');
  });
  afterAll(() => pools.close());

  /** The plans of all statements, as text. */
  async function plansOf(work: (sql: Sql) => Promise<unknown>): Promise<string> {
    const plans: string[] = [];
    await work({
      query: async (text, values) => {
        const plan = await sql.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
        plans.push(...plan.rows.map((row) => row['QUERY PLAN']));
        return sql.query(text, values);
      },
    });
    return plans.join('\n');
  }

  it('events of a subject are found by it', async () => {
    const plan = await plansOf((spied) =>
      readEventHistory(spied, { ...ALL, subjects: ['order/17'] }, PAGE),
    );

    expect(plan).toMatch(/subject = ANY/);
    expect(plan).toContain('history_default_subject_time_idx');
    expect(plan).not.toContain('Seq Scan');
  });

  it('incidents of a key are found by it', async () => {
    const conditions = () => new Conditions().anyOf('i.key', ['"8812"', '8812']);
    const plan = await plansOf((spied) => readPage(spied, INCIDENT_LIST, conditions(), PAGE));

    expect(plan).toContain('incident_key');
    expect(plan).not.toContain('Seq Scan on incident');
  });

  it('incidents of an hour are found by it', async () => {
    const fromMs = Date.parse('2026-03-02T00:00:00Z');
    const conditions = () => new Conditions().within('i.event_time', fromMs, fromMs + 3_600_000);
    const plan = await plansOf((spied) => readPage(spied, INCIDENT_LIST, conditions(), PAGE));

    expect(plan).toContain('incident_time');
    expect(plan).not.toContain('Seq Scan on incident');
  });
});
