import {
  Conditions,
  INCIDENT_LIST,
  readEventHistory,
  readPage,
  type HistoryFilter,
  type ListSource,
  type PageRequest,
  type Sql,
} from '@amends/application';
import { AUDIT_LIST } from '../src/routes/audit/audit.controller';
import { MESSAGE_LIST } from '../src/routes/messages/messages.controller';
import { listSegments, PgDatabase, PgHistory, Pools } from '@amends/persistence';
import { putHistory, useTestDatabase } from '@amends/testing';

const PAGE: PageRequest = { limit: 50, order: 'desc', after: undefined, isCounted: false };

/** In more segments than the directory takes at a time, and than two blocks of seqs have. */
const EVENTS = 105_000;
const PER_SEGMENT = 175;

describe('lists over two hundred thousand rows', () => {
  const database = useTestDatabase({
    invariants: { unchecked: 'rows by the hundred thousand for the planner, not a life' },
  });
  let pools: Pools;
  let sql: PgDatabase;

  beforeAll(async () => {
    pools = await Pools.open({ url: database().url, sizes: { api: 2 } });
    sql = new PgDatabase(pools.get('api'));
    for (let start = 0; start < EVENTS; start += PER_SEGMENT) {
      await putHistory(
        database().pool,
        Array.from({ length: PER_SEGMENT }, (_, index) => start + index).map((n) => ({
          time: new Date(Date.UTC(2026, 2, 1) + n * 1_000),
          id: String(n),
          type: `t.${String(n % 7)}`,
          subject: `order/${String(n % 20_000)}`,
        })),
      );
    }
    expect(await listSegments(database().pool)).toBe(256);
    await sql.query(`insert into rule (id, latest_version) values ('late', 1), ('rare', 1)`);
    await sql.query(`insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence,
        customer_id, state, event_time, detected_at, event, vars, facts, evidence)
      select 'inc_' || n, case when n % 9999 = 0 then 'rare' else 'late' end, 1, 0, 'data.order_id',
        to_jsonb(n::text)::text, '', 'c' || n % 999,
        case when n % 9999 = 0 then 'review' else 'paid' end, '2026-03-01Z'::timestamptz + (n * 7919 % 200000) * interval '1 minute',
        '2026-03-01Z'::timestamptz + n * interval '1 minute', '{}', '{}', '{}', '[]'
      from generate_series(1, 200000) as n`);
    await sql.query(`insert into message (id, dedupe_key, customer_id, incident_id, template_id, channel,
        state, created_at)
      select 'msg_' || n, n::text, 'c' || n % 999, 'inc_' || n, 'late', 'email',
        case when n % 9999 = 0 then 'failed' else 'sent' end,
        '2026-03-01Z'::timestamptz + n * interval '1 minute' from generate_series(1, 200000) as n`);
    await sql.query(`insert into audit (at, actor_kind, actor_id, action, object, request_id)
      select '2026-03-01Z'::timestamptz + n * interval '1 minute', 'rule',
        case when n % 9999 = 0 then 'key_1' else 'late@1' end,
        case when n % 9999 = 0 then 'rollout.set' else 'compensation.pay' end, 'compensation:' || n,
        case when n % 9999 = 0 then 'req_' || n end from generate_series(1, 200000) as n`);
    await sql.query('analyze');
  }, 120_000);
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
    const filter: HistoryFilter = { subjects: ['order/17'] };
    const ids: unknown[] = [];
    const plan = await plansOf(async (spied) => {
      const { rows } = await readEventHistory(spied, new PgHistory(), filter, PAGE);
      ids.push(...rows.map(({ body }) => (JSON.parse(body) as { id: string }).id));
    });

    // Some out of the directory, some out of what is not in it yet.
    expect(ids).toEqual(['100017', '80017', '60017', '40017', '20017', '17']);
    expect(plan).toContain('history_directory_bucket');
    expect(plan).not.toContain('Seq Scan on history_directory');
  });

  it('the newest events are found by their time', async () => {
    const plan = await plansOf((spied) =>
      readEventHistory(spied, new PgHistory(), { types: ['t.3'] }, PAGE),
    );

    expect(plan).toMatch(/history_segment_.*max_time/);
    expect(plan).not.toContain('Sort');
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

  const pageOf = (source: ListSource, conditions: Conditions) =>
    plansOf((spied) => readPage(spied, source, conditions, PAGE));
  const HOUR_MS = 3_600_000;
  const fromMs = Date.parse('2026-03-02T00:00:00Z');

  it.each([
    ['a state', 'incident_unusual', () => new Conditions().anyOf('i.state', ['review'])],
    ['a rule', 'incident_rule', () => new Conditions().anyOf('i.rule_id', ['rare'])],
    ['a customer', 'incident_customer', () => new Conditions().anyOf('i.customer_id', ['c7'])],
    ['an id', 'incident_pkey', () => new Conditions().startsWith('i.id', 'inc_4711')],
  ])('incidents of %s are found by it', async (_name, index, conditions) => {
    const plan = await pageOf(INCIDENT_LIST, conditions());

    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan on incident');
  });

  it.each([
    ['a customer', 'message_customer', () => new Conditions().anyOf('m.customer_id', ['c7'])],
    ['an incident', 'message_incident', () => new Conditions().anyOf('m.incident_id', ['inc_7'])],
    ['a rule', 'message_incident', () => new Conditions().anyOf('i.rule_id', ['rare'])],
    ['a key', 'message_incident', () => new Conditions().anyOf('i.key', ['"8812"'])],
    ['a state', 'message_unusual', () => new Conditions().anyOf('m.state', ['failed'])],
    ['a channel', 'message_channel', () => new Conditions().anyOf('m.channel', ['sms'])],
    [
      'an hour',
      'message_list',
      () => new Conditions().within('m.created_at', fromMs, fromMs + HOUR_MS),
    ],
  ])('messages of %s are found by it', async (_name, index, conditions) => {
    const plan = await pageOf(MESSAGE_LIST, conditions());

    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });

  it.each([
    ['an object', 'audit_object', () => new Conditions().anyOf('object', ['compensation:7'])],
    ['a person', 'audit_actor', () => new Conditions().anyOf('actor_id', ['key_1'])],
    ['a kind of change', 'audit_action', () => new Conditions().anyOf('action', ['rollout.set'])],
    ['a request', 'audit_request', () => new Conditions().anyOf('request_id', ['req_9999'])],
    ['an hour', 'audit_at', () => new Conditions().within('at', fromMs, fromMs + HOUR_MS)],
  ])('changes of %s are found by it', async (_name, index, conditions) => {
    const plan = await pageOf(AUDIT_LIST, conditions());

    expect(plan).toContain(index);
    expect(plan).not.toContain('Seq Scan');
  });
});
