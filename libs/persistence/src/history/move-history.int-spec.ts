import { readHistory, useTestDatabase } from '@amends/testing';
import { migrations } from '../../../../migrations';
import { createDataSource } from '../database/data-source';
import { PgDatabase } from '../database/pg-database';
import { Pools } from '../database/pools';
import { PgHistory } from './pg-history';

const database = useTestDatabase({ from: 'empty' });

describe('the step to segments', () => {
  it('moves every row, with its seq, and looks it up as before', async () => {
    const source = createDataSource({ url: database().url, role: 'spec', poolMax: 2 });
    await source.initialize();
    const runner = source.createQueryRunner();
    const isOld = (name: string): boolean => !name.startsWith('HistorySegments');
    for (const Step of migrations) if (isOld(Step.name)) await new Step().up(runner);
    await runner.query(
      `insert into history (time, source, id, type, subject, customer_id, topic, partition, "offset",
         imported, arrived_at, body)
       select '2026-01-01Z'::timestamptz + n * interval '1 minute', 's', n::text, 't' || n % 3,
         'order/' || n, 'c' || n % 50, 'a.events', 0, n, n % 2 = 0,
         '2026-01-31Z'::timestamptz + n * interval '2 minutes',
         json_build_object('id', n::text, 'customerid', 'c' || n % 50, 'subject', 'order/' || n, 'x', '退款')
       from generate_series(1, 1200) n`,
    );
    for (const Step of migrations) if (!isOld(Step.name)) await new Step().up(runner);

    const pool = database().pool;
    const kept = await readHistory(pool);
    expect(kept).toHaveLength(1_200);
    expect(kept[699]).toMatchObject({
      seq: 700n,
      timeMs: Date.UTC(2026, 0, 1) + 700 * 60_000,
      type: 't1',
      topic: 'a.events',
      offset: 700n,
      imported: true,
      event: { id: '700', customerid: 'c0', x: '退款' },
    });
    const pools = await Pools.open({ url: database().url, sizes: { spec: 1 } });
    const sql = new PgDatabase(pools.get('spec'));
    const asked = { order: 'desc', limit: 50 } as const;
    const found = await new PgHistory().read(sql, { ...asked, customerIds: ['c7'] });
    expect(found).toHaveLength(24);
    expect(found[0]?.seq).toBe(1_157n);
    expect((await new PgHistory().bodies(sql, [1n, 1_200n])).size).toBe(2);
    const next = await pool.query(`select nextval('history_seq') * 4096 > 1200 as beyond`);
    expect(next.rows).toEqual([{ beyond: true }]);
    await pools.close();
    await runner.release();
    await source.destroy();
  }, 30_000);
});
