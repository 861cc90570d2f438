import { openSegment, type SegmentEvent } from '@amends/persistence';
import type { JsonObject } from '@amends/domain';
import type { Pool } from 'pg';

export interface KeptEvent extends SegmentEvent {
  readonly event: JsonObject;
}

interface Row {
  /** A pool of the spec's own may answer with a text. */
  readonly first_seq: bigint | string;
  readonly packing: string;
  readonly bodies: Buffer;
}

/** All that is in history, or in a partition of it, by seq. */
export async function readHistory(
  pool: Pick<Pool, 'query'>,
  table = 'history_segment',
): Promise<KeptEvent[]> {
  const { rows } = await pool.query<Row>(`select first_seq, packing, bodies from ${table}`);
  return rows
    .flatMap((row) => openSegment({ ...row, firstSeq: BigInt(row.first_seq) }))
    .map((kept) => ({ ...kept, event: JSON.parse(kept.body) as JsonObject }))
    .sort((a, b) => Number(a.seq - b.seq));
}
