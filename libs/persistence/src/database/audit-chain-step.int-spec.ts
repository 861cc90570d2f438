import { VerifyAudit } from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import { migrations } from '../../../../migrations';
import { createDataSource } from './data-source';
import { PgDatabase } from './pg-database';
import { Pools } from './pools';

const database = useTestDatabase({ from: 'empty' });

it('the step to the chain links the rows that are there, and calls customers by pseudonyms', async () => {
  const source = createDataSource({ url: database().url, role: 'spec', poolMax: 2 });
  await source.initialize();
  const runner = source.createQueryRunner();
  const isOld = (name: string): boolean => !name.startsWith('AuditChain');
  for (const Step of migrations) if (isOld(Step.name)) await new Step().up(runner);
  await runner.query(
    `insert into audit (at, actor_kind, actor_id, action, object, before, after, reason)
     select '2026-01-01T00:00:00.123456Z'::timestamptz + n * interval '1 second', 'key', 'k', 'a',
       case n % 3 when 0 then 'customer:ada' when 1 then 'customer:客户' else 'rule:r' end,
       '{"z": 1.50, "a": "退款"}', null, case when n % 2 = 0 then 'why' end
     from generate_series(1, 50) n`,
  );
  await runner.query(`select setval('audit_seq_seq', 90)`);
  await runner.query(
    `insert into audit (actor_kind, actor_id, action, object) values ('a','b','c','d')`,
  );
  for (const Step of migrations) if (!isOld(Step.name)) await new Step().up(runner);

  const pools = await Pools.open({ url: database().url, sizes: { spec: 1 } });
  const sql = new PgDatabase(pools.get('spec'));
  const verdict = await new VerifyAudit(sql, []).execute();
  expect(verdict).toMatchObject({ faultCount: 0, checked: 51, waiting: 0 });
  const { rows } = await sql.query<{ object: string; n: bigint }>(
    `select a.object, count(*) as n from audit a left join customer_key k
       on a.object = 'customer:' || k.pseudonym
     where k.customer_id in ('ada', '客户') group by 1`,
  );
  expect(rows).toHaveLength(2);
  await expect(sql.query('delete from audit')).rejects.toThrow('append only');
  await pools.close();
  await runner.release();
  await source.destroy();
}, 30_000);
