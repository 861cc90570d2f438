import type { HistoryEvent, HistoryQuery } from '@amends/application';
import { putHistory, readHistory, useTestDatabase, type HistoryInput } from '@amends/testing';
import { PgDatabase } from '../database/pg-database';
import { Pools } from '../database/pools';
import { joinSegments } from '../upkeep/join-segments';
import { listSegments } from '../upkeep/list-segments';
import { customerHash } from './history-hash';
import { PgHistory } from './pg-history';

const database = useTestDatabase();
const history = new PgHistory();
const START_MS = Date.UTC(2026, 2, 1);
const NEWEST = { order: 'desc', limit: 100 } as const;

let pools: Pools;
let sql: PgDatabase;

beforeAll(async () => {
  pools = await Pools.open({ url: database().url, sizes: { spec: 4 } });
  sql = new PgDatabase(pools.get('spec'));
});
afterAll(() => pools.close());
beforeEach(() => sql.query('truncate history_segment, history_directory'));

function at(minute: number, change: Partial<HistoryInput> = {}): HistoryInput {
  const id = `e${String(minute)}`;
  return { time: new Date(START_MS + minute * 60_000), type: 't', id, ...change };
}

const put = (...events: HistoryInput[]) => putHistory(pools.get('spec'), events);

function idsOf(events: readonly HistoryEvent[]): string[] {
  return events.map(({ body }) => (JSON.parse(body) as { id: string }).id);
}

async function ids(query: Partial<HistoryQuery>): Promise<string[]> {
  return idsOf(await history.read(sql, { ...NEWEST, ...query }));
}

/** Two names that history cannot tell apart before it looks at the events. */
function colliding(): [string, string] {
  const names = new Map<number, string>();
  for (let n = 0; ; n += 1) {
    const name = `c${String(n)}`;
    const other = names.get(customerHash(name));
    if (other !== undefined) return [other, name];
    names.set(customerHash(name), name);
  }
}

/** As if so many batches had come since: the blocks before are over. */
async function passBlocks(): Promise<void> {
  await sql.query(`update history_segment set arrived_at = arrived_at - interval '2 minutes'`);
  await sql.query(`select setval('history_seq', (select last_value + 256 from history_seq))`);
}

describe('look-ups in history', () => {
  it('tell customers of the same hash apart, in the directory too', async () => {
    const [one, other] = colliding();
    await put(at(1, { customer: one }), at(2, { customer: other }), at(3, { subject: one }));
    await put(at(4, { customer: other }));
    const check = async () => {
      expect(await ids({ customerIds: [one] })).toEqual(['e1']);
      expect(await ids({ customerIds: [other] })).toEqual(['e4', 'e2']);
      expect(await ids({ customerIds: [one, other] })).toEqual(['e4', 'e2', 'e1']);
      expect(await ids({ subjects: [one] })).toEqual(['e3']);
      expect(await ids({ customerIds: [one], subjects: [one] })).toEqual([]);
    };
    await check();
    for (let n = 0; n < 260; n += 1) await put(at(100 + n, { customer: 'filler' }));
    await sql.query('update history_segment set is_small = false');
    await passBlocks();
    expect(await listSegments(pools.get('spec'))).toBe(256);
    const { rows } = await sql.query('select 1 from history_segment where keys is null');
    expect(rows).toHaveLength(256);
    await check();
    expect(await ids({ customerIds: ['filler'], limit: 1_000 })).toHaveLength(260);
  }, 30_000);

  it('go by every filter', async () => {
    await put(
      at(1, { source: '/a', id: 'x-1', type: 'a' }),
      at(2, { source: '/b', id: 'x-2', type: 'b', customer: 'li "na" \\ é' }),
      at(3, { source: '/a', id: 'y-"3', type: 'b' }),
    );
    expect(await ids({ sources: ['/a'] })).toEqual(['y-"3', 'x-1']);
    expect(await ids({ idPrefix: 'x' })).toEqual(['x-2', 'x-1']);
    expect(await ids({ idPrefix: 'y-"' })).toEqual(['y-"3']);
    expect(await ids({ types: ['b'] })).toEqual(['y-"3', 'x-2']);
    expect(await ids({ customerIds: ['li "na" \\ é'] })).toEqual(['x-2']);
    const [fromMs, toMs] = [START_MS + 60_000, START_MS + 120_000];
    expect(await ids({ fromMs, toMs })).toEqual(['x-1']);
  });

  it('stop at a mark within a segment', async () => {
    const [first = 0n, second = 0n] = await put(at(1), at(2), at(3));
    await put(at(4));
    expect(await ids({ mark: second })).toEqual(['e2', 'e1']);
    expect(await ids({ mark: first - 1n })).toEqual([]);
  });

  it('find events by seq; what is gone is missing', async () => {
    const seqs = [...(await put(at(1), at(2))), ...(await put(at(3)))];
    const found = await history.bodies(sql, [...seqs, 9_999_999n]);
    expect([...found.keys()].sort()).toEqual(seqs);
    expect(idsOf([{ body: found.get(seqs[1] ?? 0n) ?? '' } as HistoryEvent])).toEqual(['e2']);
  });

  it('pages lose and double nothing while events arrive and segments are joined', async () => {
    for (let n = 0; n < 40; n += 1) await put(at((n * 7) % 40));
    const wanted = await ids({});
    const seen: HistoryEvent[] = [];
    for (let after: HistoryEvent | undefined; ;) {
      const page = await history.read(sql, { order: 'desc', limit: 3, after });
      seen.push(...page);
      after = page.at(-1);
      if (after === undefined) break;
      if (seen.length === 9) {
        await passBlocks();
        expect(await joinSegments(pools.get('spec'))).toBeGreaterThan(1);
      }
      await put(at(1_000 + seen.length));
    }
    expect(idsOf(seen)).toEqual(wanted);
  });

  it('estimates how many there are', async () => {
    await put(at(1, { customer: 'few' }), at(2), at(3, { type: 'other' }));
    await sql.query('analyze history_segment');
    expect(await history.estimate(sql, {})).toBe(3);
    expect(await history.estimate(sql, { types: ['other'] })).toBe(2);
    expect(await history.estimate(sql, { customerIds: ['few'] })).toBe(1);
    expect(await history.estimate(sql, { customerIds: ['nobody'] })).toBe(0);
  });
});

describe('joining segments', () => {
  it('leaves every event as it was, in fewer rows, and is done once', async () => {
    const pool = pools.get('spec');
    for (let n = 0; n < 30; n += 1) {
      await put(at(n, { customer: `c${String(n)}`, subject: '退款' }), at(n + 100));
    }
    await put(...Array.from({ length: 64 }, (_, n) => at(n + 200)));
    const before = await readHistory(pool);
    expect(await joinSegments(pool)).toBe(0);
    await passBlocks();
    const [found, bodies] = [await ids({}), before.map(({ seq }) => seq)];
    while ((await joinSegments(pool)) > 0);
    expect(await readHistory(pool)).toEqual(before);
    const { rows } = await sql.query('select 1 from history_segment');
    // One of each block that they are in, and the large one.
    expect([2, 3]).toContain(rows.length);
    expect(await ids({})).toEqual(found);
    expect(await ids({ customerIds: ['c7'] })).toEqual(['e7']);
    expect(await history.bodies(sql, bodies)).toEqual(
      new Map(before.map(({ seq, body }) => [seq, body])),
    );
  });
});
