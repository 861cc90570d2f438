import {
  PositionStore,
  type Assignment,
  type Fence,
  type StoredPosition,
} from '@amends/application';
import type { Pool } from 'pg';
import { statement, tuplesOf } from '../database/statement';

const CLAIM = statement(
  'position_claim',
  `insert into stream_position (source, topic, partition, next_offset, epoch, owner)
   select $1, t, p, f, 1, $5
   from unnest($2::text[], $3::int[], $4::bigint[]) as u (t, p, f) order by t, p
   on conflict (source, topic, partition) do update
     set epoch = stream_position.epoch + 1, owner = excluded.owner, updated_at = now()
   returning topic, partition, epoch, next_offset`,
);

const READ = statement(
  'position_read',
  'select topic, partition, next_offset, epoch from stream_position where source = $1',
);

/** Positions in PostgreSQL, beside what they stand for. */
export class PgPositionStore extends PositionStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async claim(
    source: string,
    partitions: readonly (Assignment & { readonly first?: bigint })[],
    owner: string,
  ): Promise<Fence[]> {
    if (partitions.length === 0) return [];
    const rows = await tuplesOf<[string, number, bigint, bigint]>(this.pool, CLAIM, [
      source,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
      partitions.map(({ first = 0n }) => first),
      owner,
    ]);
    return rows.map(([topic, partition, epoch, expected]) => ({
      source,
      topic,
      partition,
      epoch,
      expected,
    }));
  }

  async read(source: string): Promise<StoredPosition[]> {
    const rows = await tuplesOf<[string, number, bigint, bigint]>(this.pool, READ, [source]);
    return rows.map(([topic, partition, nextOffset, epoch]) => ({
      topic,
      partition,
      nextOffset,
      epoch,
    }));
  }
}
