import { ClockStore, TimerStore, type ClockSample, type GroupNext } from '@amends/application';
import type { Pool } from 'pg';
import { epochMs, pgTime } from '../database/pg-time';
import { execute, statement, tuplesOf } from '../database/statement';

const NOW = statement(
  'clock_now',
  `select ${epochMs('clock_timestamp()')},
     (select ${epochMs('at')} from own_event order by id limit 1)`,
);

/** Not written when nothing has moved: an idle table is not touched. */
const ADVANCE = statement(
  'clock_advance',
  `insert into topic_clock (topic, read_through)
   select * from unnest($1::text[], $2::timestamptz[]) as u (topic, at) order by topic
   on conflict (topic) do update set read_through = excluded.read_through
     where topic_clock.read_through < excluded.read_through`,
);

const GROUPS = statement(
  'timer_groups',
  `select g.id, g.topics, ${epochMs('t.fire_at')}
   from clock_group g
   left join unnest($1::smallint[], $2::timestamptz[]) as l (id, low) on l.id = g.id
   left join lateral (
     select fire_at from timer
     where clock_group = g.id and fire_at >= coalesce(l.low, '-infinity')
       and shard = any ($3::smallint[])
     order by fire_at limit 1
   ) t on true`,
);

export class PgClockStore extends ClockStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async now(): Promise<ClockSample> {
    const [row] = await tuplesOf<[number, number | null]>(this.pool, NOW);
    return { nowMs: row?.[0] ?? 0, ownEventsMs: row?.[1] ?? null };
  }

  async advance(clocks: ReadonlyMap<string, number>): Promise<void> {
    const times = [...clocks.values()].map((atMs) => pgTime(atMs));
    await execute(this.pool, ADVANCE, [[...clocks.keys()], times]);
  }
}

export class PgTimerStore extends TimerStore {
  constructor(private readonly pool: Pool) {
    super();
  }

  async groups(lows: ReadonlyMap<number, number>, shards: readonly number[]): Promise<GroupNext[]> {
    type Row = [clockGroup: number, topics: string[], nextMs: number | null];
    const times = [...lows.values()].map((atMs) => pgTime(atMs));
    const rows = await tuplesOf<Row>(this.pool, GROUPS, [[...lows.keys()], times, shards]);
    return rows.map(([clockGroup, topics, nextMs]) => ({ clockGroup, topics, nextMs }));
  }
}
