import { stableHash } from '@amends/application';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Segments of the rows that were: short enough for one statement. */
const EVENTS_PER_SEGMENT = 500;
/** As later segments have it: their number times this is the seq of their first event. */
const SEQS_PER_SEGMENT = 4096;

const UP = `
create sequence history_seq;

-- the events of a batch, compressed: libs/persistence/src/history (ADR 8). By month of arrival, which is
-- what the retention counts from
create table history_segment (
  first_seq bigint not null, last_seq bigint not null, events int not null,
  min_time timestamptz not null, max_time timestamptz not null, types text[] not null,
  arrived_at timestamptz not null default now(),
  -- hashes of the customers and subjects in it, until they are in the directory; names may share them
  keys int[],
  -- worth joining with its neighbours
  is_small boolean not null,
  packing text not null check (packing in ('none', 'snappy')), bodies bytea not null
) partition by range (arrived_at);
-- both are as small as they will get
alter table history_segment alter bodies set storage external, alter keys set storage external;
-- a thousand keys a row would be sorted for statistics that nothing asks for
alter table history_segment alter keys set statistics 0;
create index history_segment_newest on history_segment (max_time, first_seq, min_time);
create index history_segment_oldest on history_segment (min_time, first_seq, max_time);
create index history_segment_seq on history_segment (first_seq, last_seq);
create index history_segment_small on history_segment (first_seq) where is_small;
create index history_segment_unlisted on history_segment (first_seq) where keys is not null;
create table history_segment_default partition of history_segment default;

-- which segments hold a hash: written by upkeep for some hundred of them at a time, which costs a fifth
-- of what an index on the keys does. run: the last segment of those
create table history_directory (
  run bigint not null, bucket int not null, hashes int[] not null, segments bigint[] not null
);
alter table history_directory alter hashes set storage external, alter segments set storage external;
alter table history_directory alter hashes set statistics 0, alter segments set statistics 0;
create index history_directory_bucket on history_directory (bucket, run);

-- one row: how often segments were joined, for readers that need more than one statement
create table history_joins (count int not null);
insert into history_joins values (0);
`;

interface OldRow {
  readonly month: string;
  readonly seq: bigint;
  readonly ms: number;
  readonly type: string;
  readonly subject: string | null;
  readonly customer_id: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly imported: boolean;
  readonly arrived_at: Date;
  readonly body: string;
}

const OLD_ROWS = `
  select date_trunc('month', arrived_at)::text as month, seq, type, subject, customer_id, topic,
    partition, "offset", imported, arrived_at, body,
    floor(extract(epoch from time) * 1000)::float8 as ms
  from history
  where $1::timestamptz is null or (date_trunc('month', arrived_at), seq) > ($1, $2::bigint)
  order by date_trunc('month', arrived_at), seq limit ${String(EVENTS_PER_SEGMENT)}`;

const ADD = `
  insert into history_segment (first_seq, last_seq, events, min_time, max_time, types, arrived_at,
    keys, is_small, packing, bodies)
  values ($1, $2, $3, $4, $5, $6, $7, $8, false, 'none', $9)`;

/** History as segments: one row for the events of a batch (ADR 8). */
export class HistorySegments1764000000013 implements MigrationInterface {
  readonly name = 'HistorySegments1764000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
    await makeMonths(runner);
    await move(runner);
    await runner.query(`select setval('history_seq', (
      select coalesce(max(last_seq), 0) / ${String(SEQS_PER_SEGMENT)} + 1 from history_segment))`);
    await runner.query('drop table history');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table history_segment, history_directory, history_joins; drop sequence history_seq',
    );
  }
}

async function makeMonths(runner: QueryRunner): Promise<void> {
  const months = (await runner.query(
    `select to_char(m, 'YYYY_MM') as name, m::text as since, (m + interval '1 month')::text as until
     from (select distinct date_trunc('month', arrived_at) as m from history) as months`,
  )) as { name: string; since: string; until: string }[];
  for (const { name, since, until } of months) {
    await runner.query(
      `create table history_segment_${name} partition of history_segment
       for values from ('${since}') to ('${until}')`,
    );
  }
}

/** Their seqs stay as they are, since `history_key`, marks and cursors name them. */
async function move(runner: QueryRunner): Promise<void> {
  for (let last: OldRow | undefined; ;) {
    const place: unknown[] = [last?.month ?? null, last?.seq ?? null];
    const rows = (await runner.query(OLD_ROWS, place)) as OldRow[];
    const months = new Set(rows.map(({ month }) => month));
    for (const month of months) {
      await runner.query(ADD, segmentOf(rows.filter((row) => row.month === month)));
    }
    last = rows.at(-1);
    if (last === undefined) return;
  }
}

/** Not compressed: a head and the bodies, with 0x1E between (segment-head.ts). */
function segmentOf(rows: readonly OldRow[]): unknown[] {
  const seqs = rows.map(({ seq }) => seq);
  const times = rows.map(({ ms }) => ms);
  const types = [...new Set(rows.map(({ type }) => type))];
  const [firstSeq = 0n] = seqs;
  const [minMs, maxMs] = [Math.min(...times), Math.max(...times)];
  const head = {
    base: minMs,
    times: times.map((ms) => ms - minMs),
    types,
    kinds: rows.map(({ type }) => types.indexOf(type)),
    places: rows.map((row) => [
      row.topic,
      row.partition,
      String(row.offset),
      1,
      row.imported ? 1 : 0,
    ]),
    seqs: seqs.map((seq) => [Number(seq - firstSeq), 1]),
  };
  const text = [JSON.stringify(head), ...rows.map(({ body }) => body)].join('\x1e');
  return [
    firstSeq,
    seqs.at(-1),
    rows.length,
    new Date(minMs),
    new Date(maxMs),
    types,
    new Date(Math.max(...rows.map((row) => row.arrived_at.getTime()))),
    [...new Set(rows.flatMap(hashesOf))],
    Buffer.from(text),
  ];
}

/** As history-hash.ts has it. */
function hashesOf({ customer_id, subject }: OldRow): number[] {
  return [
    ...(customer_id === null ? [] : [stableHash(customer_id) | 0]),
    ...(subject === null ? [] : [stableHash(subject) ^ 0x5bd1e995]),
  ];
}
