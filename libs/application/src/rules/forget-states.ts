import type { Lane } from '@amends/domain';
import { waitForBatches } from '../detector/detect-lock';
import { oneRow, type Database } from '../queries/sql';

/** Rows per transaction: short enough to be in nobody's way. */
const ROWS = 5_000;

/**
 * Removes what a rule had open in a lane in which it does not run, so that nothing of it comes back when
 * the rule is switched on again: it has missed what happened in between.
 */
export async function forgetStates(database: Database, ruleId: string, lane: Lane): Promise<void> {
  // A batch that began before the rule was switched off may still write some.
  await database.transaction(waitForBatches);
  for (let count = ROWS; count === ROWS;) {
    const row = await oneRow<{ count: number }>(
      database,
      `with stopped as (
         select r.no from rule r left join rule_rollout o on o.rule_id = r.id
         where r.id = $1
           and case $2::smallint when 0 then o.live_version else o.shadow_version end is null
       ), gone as (
         delete from detect_state where (rule_no, lane, key) in (
           select s.rule_no, s.lane, s.key from stopped
           join detect_state s on s.rule_no = stopped.no and s.lane = $2::smallint
           limit ${String(ROWS)})
         returning rule_no, lane, key
       ), timers as (
         delete from timer t using gone g
         where t.rule_no = g.rule_no and t.lane = g.lane and t.key = g.key
       )
       select count(*)::int from gone`,
      [ruleId, lane === 'live' ? 0 : 1],
    );
    count = row?.count ?? 0;
  }
}
