import type { ClientBase } from 'pg';
import { uncompressSync } from 'snappy';

/** Where every event read is one row: segments cannot be looked into by SQL. Empty but in a check. */
export const HISTORY_TABLE = `create table if not exists invariants.history
  (topic text not null, partition int not null, "offset" bigint not null,
   source text not null, id text not null)`;

interface Segment {
  readonly packing: string;
  readonly bodies: Buffer;
}

interface Head {
  readonly places: readonly [string, number, string, number, number][];
}

/** Fills the table as of the snapshot of the transaction, which must be rolled back. */
export async function fillHistory(client: ClientBase): Promise<void> {
  const { rows } = await client.query<Segment>('select packing, bodies from history_segment');
  for (const { packing, bodies } of rows) {
    const text = String(packing === 'snappy' ? uncompressSync(bodies) : bodies);
    const [head = '', ...events] = text.split('\u001e');
    const { places } = JSON.parse(head) as Head;
    const found = places.flatMap(([topic, partition, offset, count]) =>
      Array.from({ length: count }, (_, n) => ({
        topic,
        partition,
        offset: String(BigInt(offset) + BigInt(n)),
      })),
    );
    const kept = events.map((event, index) => {
      const { source, id } = JSON.parse(event) as Readonly<Record<string, unknown>>;
      return { ...found[index], source, id };
    });
    await client.query(
      `insert into invariants.history
       select * from json_populate_recordset(null::invariants.history, $1)`,
      [JSON.stringify(kept)],
    );
  }
}
