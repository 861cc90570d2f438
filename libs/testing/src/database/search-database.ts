import { openSegment } from '@amends/persistence';
import type { Pool } from 'pg';

/** Where a text was found. */
export interface Finding {
  readonly table: string;
  readonly row: string;
}

const SHOWN_LENGTH_MAX = 300;

/**
 * Looks for a text in every column of every table, as a dump would have it, and in what is packed: history, and whatever is kept
 * as bytes, read as text, hexadecimal and base 64. Case does not matter.
 */
export async function searchDatabase(pool: Pool, text: string): Promise<Finding[]> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
       and c.relpersistence = 'p' order by 1`,
  );
  const found: Finding[] = [];
  const needles = spellings(text);
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(
      `select t::text as row from ${name} t where exists (
         select 1 from unnest($1::text[]) as n (needle) where strpos(lower(t::text), n.needle) > 0)`,
      [needles],
    );
    found.push(...rows.map(({ row }) => ({ table: name, row: row.slice(0, SHOWN_LENGTH_MAX) })));
  }
  return [...found, ...(await searchHistory(pool, text.toLowerCase()))];
}

/** Bytes are shown as hexadecimal by PostgreSQL; JSON may carry base 64, at any of its three offsets. */
function spellings(text: string): string[] {
  const plain = text.toLowerCase();
  const hex = Buffer.from(text).toString('hex');
  const base64 = ['', ' ', '  '].map((before) => {
    const encoded = Buffer.from(before + text).toString('base64');
    // The ends depend on what stands beside.
    return encoded.slice(before.length === 0 ? 0 : 4, -4).toLowerCase();
  });
  return [plain, hex, ...base64.filter(({ length }) => length >= 8)];
}

async function searchHistory(pool: Pool, text: string): Promise<Finding[]> {
  const { rows } = await pool.query<{ first_seq: string; packing: string; bodies: Buffer }>(
    'select first_seq, packing, bodies from history_segment',
  );
  return rows.flatMap(({ first_seq: seq, packing, bodies }) =>
    openSegment({ firstSeq: BigInt(seq), packing, bodies })
      .filter(({ body }) => body.toLowerCase().includes(text))
      .map(({ body }) => ({ table: 'history', row: body.slice(0, SHOWN_LENGTH_MAX) })),
  );
}
