import { JOURNAL_TABLES } from '@amends/testing';
import type { Pool } from 'pg';
import type { StreamLine } from '../stream/generator';
import type { Planned } from '../stream/story';
import type { Mail } from '../world/mail-receiver';
import type { Movement } from '../world/payout-receiver';

export interface Journals {
  readonly stream: readonly StreamLine[];
  readonly movements: readonly Movement[];
  readonly mails: readonly Mail[];
}

export function plannedOf(stream: readonly StreamLine[]): Planned[] {
  return stream.flatMap((line) => (line.kind === 'planned' ? [line.planned] : []));
}

/** Puts what was written down outside beside the service's tables, for SQL to compare. */
export async function loadJournals(pool: Pool, journals: Journals): Promise<void> {
  const { stream, movements, mails } = journals;
  await pool.query(JOURNAL_TABLES);
  const produced = stream.flatMap((line) => (line.kind === 'produced' ? [line] : []));
  await pool.query(
    `insert into journal.produced
     select topic, partition, first + n from unnest($1::text[], $2::int[], $3::bigint[], $4::int[])
       as u (topic, partition, first, size), generate_series(0, u.size - 1) n
     on conflict do nothing`,
    [
      produced.map(({ topic }) => topic),
      produced.map(({ partition }) => partition),
      produced.map(({ offset }) => offset),
      produced.map(({ count }) => count),
    ],
  );
  const ids = stream.flatMap((line) => (line.kind === 'accepted' ? line.ids : []));
  await pool.query(
    `insert into journal.accepted select '/chaos', unnest($1::text[]) on conflict do nothing`,
    [ids],
  );
  const captured = plannedOf(stream).filter(({ payment }) => payment !== undefined);
  await pool.query(
    `insert into journal.captured select * from unnest($1::text[], $2::bigint[], $3::text[])`,
    [
      captured.map(({ payment }) => payment),
      captured.map(({ value }) => minorOf(value)),
      captured.map(({ currency }) => currency),
    ],
  );
  await pool.query(
    `insert into journal.moved
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])`,
    [
      movements.map(({ key }) => key),
      movements.map(({ customer }) => customer),
      movements.map(({ payment }) => payment),
      movements.map(({ value }) => minorOf(value)),
      movements.map(({ currency }) => currency),
    ],
  );
  await pool.query(`insert into journal.mail select * from unnest($1::text[], $2::text[])`, [
    mails.map(({ id }) => id),
    mails.map(({ customer }) => customer),
  ]);
}

function minorOf(value: string): number {
  return Math.round(Number(value) * 100);
}
