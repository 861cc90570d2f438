import { epochMs, type PgDatabase } from '@amends/persistence';
import type { Metrics } from '@amends/platform';

interface Sample {
  readonly quarantined: number;
  readonly timers: number;
  readonly states: number;
  readonly oldest_due_ms: number | null;
  readonly snapshot_s: number;
}

const MS_PER_SECOND = 1_000;

/** Reads what can only be counted in the database into gauges; large tables by the planner's estimate. */
export async function sampleDetector(
  database: PgDatabase,
  metrics: Metrics,
  clockMs: number,
): Promise<void> {
  const { rows } = await database.query<Sample>(
    `select
       (select count(*) from quarantine where state = 'open')::float8 as quarantined,
       (select greatest(reltuples, 0) from pg_class where oid = 'timer'::regclass)::float8 as timers,
       (select greatest(reltuples, 0) from pg_class where oid = 'detect_state'::regclass)::float8
         as states,
       (select ${epochMs('min(first)')} from clock_group g cross join lateral (
          select fire_at as first from timer where clock_group = g.id order by fire_at limit 1) t)
         as oldest_due_ms,
       oldest_snapshot_seconds() as snapshot_s`,
  );
  const [sample] = rows;
  if (sample === undefined) return;
  metrics.quarantineSize.set(sample.quarantined);
  metrics.timersOpen.set(sample.timers);
  metrics.statesOpen.set(sample.states);
  metrics.databaseOldestSnapshotSeconds.set(sample.snapshot_s);
  const oldestMs = sample.oldest_due_ms;
  const isUnknown = oldestMs === null || !Number.isFinite(clockMs);
  const ageMs = isUnknown ? 0 : Math.max(clockMs - oldestMs, 0);
  metrics.timerOldestDueSeconds.set(ageMs / MS_PER_SECOND);
}
