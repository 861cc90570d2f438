import {
  PositionStore,
  type Assignment,
  type ClaimedPosition,
  type Fence,
  type StoredPosition,
} from '@amends/application';
import type { Pool } from 'pg';
import { execute, statement, tuplesOf } from '../database/statement';

const CLAIM = statement(
  'position_claim',
  `insert into stream_position (source, topic, partition, next_offset, epoch, owner)
   select $1, t, p, f, 1, $5
   from unnest($2::text[], $3::int[], $4::bigint[]) as u (t, p, f) order by t, p
   on conflict (source, topic, partition) do update
     set epoch = stream_position.epoch + 1, owner = excluded.owner, updated_at = now()
   returning topic, partition, epoch, next_offset, stopped`,
);

const READ = statement(
  'position_read',
  'select topic, partition, next_offset, epoch, stopped from stream_position where source = $1',
);

const STOP = statement(
  'position_stop',
  `update stream_position set stopped = $6, updated_at = now()
   where source = $1 and topic = $2 and partition = $3 and epoch = $4 and next_offset = $5`,
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
  ): Promise<ClaimedPosition[]> {
    if (partitions.length === 0) return [];
    const rows = await tuplesOf<[...Position, string | null]>(this.pool, CLAIM, [
      source,
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
      partitions.map(({ first = 0n }) => first),
      owner,
    ]);
    return rows.map(([topic, partition, epoch, expected, stopped]) => ({
      source,
      topic,
      partition,
      epoch,
      expected,
      stopped,
    }));
  }

  async read(source: string): Promise<StoredPosition[]> {
    const rows = await tuplesOf<[...Position, string | null]>(this.pool, READ, [source]);
    return rows.map(([topic, partition, nextOffset, epoch, stopped]) => ({
      topic,
      partition,
      nextOffset,
      epoch,
      stopped,
    }));
  }

  async stop({ source, topic, partition, epoch, expected }: Fence, why: string): Promise<void> {
    await execute(this.pool, STOP, [source, topic, partition, epoch, expected, why]);
  }
}

type Position = [topic: string, partition: number, bigint, bigint];
