import { UndecidableStore, type UndecidableCount } from '@amends/application';
import type { Pool } from 'pg';
import { execute, statement } from '../database/statement';

const ADD = statement(
  'undecidable_add',
  `insert into undecidable (rule_id, path, n, last_at)
   select r, p, n, now() from unnest($1::text[], $2::text[], $3::bigint[]) as u (r, p, n)
   order by r, p
   on conflict (rule_id, path) do update
     set n = undecidable.n + excluded.n, last_at = excluded.last_at`,
);

export class PgUndecidableStore extends UndecidableStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async add(counts: readonly UndecidableCount[]): Promise<void> {
    await execute(this.pool, ADD, [
      counts.map(({ ruleId }) => ruleId),
      counts.map(({ path }) => path),
      counts.map(({ count }) => count),
    ]);
  }
}
