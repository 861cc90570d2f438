import type { Fenced, FenceMove } from '@amends/application';
import type { ClientBase } from 'pg';
import { arrayOf } from '../database/binary-array';
import { epochMs } from '../database/pg-time';
import { statement, tuplesOf } from '../database/statement';

/** One row per position moved, and one more with the generation alone, so that it always comes. */
const ADVANCE = statement(
  'position_advance',
  `with moved as (
     update stream_position p
     set next_offset = u.next, updated_at = now(),
       read_time = greatest(p.read_time, u.read_time)
     from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[],
       $7::timestamptz[]) as u (source, topic, partition, epoch, expected, next, read_time)
     where p.source = u.source and p.topic = u.topic and p.partition = u.partition
       and p.epoch = u.epoch and p.next_offset = u.expected
     returning p.source, p.topic, p.partition
   )
   select g.generation, ${epochMs('clock_timestamp()')}, m.source, m.topic, m.partition
   from rule_set g left join moved m on true`,
);

/**
 * Moves positions by compare-and-swap; to be the first statement of a batch's transaction, so that two
 * owners of a partition meet here and the loser has done no work.
 */
export async function advancePositions(
  client: ClientBase,
  advances: readonly FenceMove[],
): Promise<Fenced> {
  type Row = [bigint, number, string | null, string | null, number | null];
  const rows = await tuplesOf<Row>(client, ADVANCE, [
    arrayOf.text(advances.map(({ fence }) => fence.source)),
    arrayOf.text(advances.map(({ fence }) => fence.topic)),
    arrayOf.int4(advances.map(({ fence }) => fence.partition)),
    arrayOf.int8(advances.map(({ fence }) => fence.epoch)),
    arrayOf.int8(advances.map(({ fence }) => fence.expected)),
    arrayOf.int8(advances.map(({ nextOffset }) => nextOffset)),
    arrayOf.timestamptz(advances.map(({ readTimeMs }) => readTimeMs)),
  ]);
  const moved = new Set(
    rows.map(([, , source, topic, partition]) => key(source, topic, partition)),
  );
  return {
    generation: rows[0]?.[0] ?? 0n,
    nowMs: rows[0]?.[1] ?? 0,
    refused: advances
      .map(({ fence }) => fence)
      .filter(({ source, topic, partition }) => !moved.has(key(source, topic, partition))),
  };
}

function key(source: string | null, topic: string | null, partition: number | null): string {
  return JSON.stringify([source, topic, partition]);
}
