import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world/world';

const TOLD =
  /^amends_(stream_|fence_|clock_held|loop_seconds|batches_redone|decision_|outbox_|payouts_unknown)/;

/** What everybody says while something does not come to rest, beside the journals of the part. */
export async function diagnose({ pool, members, options }: World): Promise<void> {
  const lines: string[] = [];
  for (const query of [
    `select topic, partition, next_offset, epoch, owner, updated_at, stopped, now()
     from stream_position where source = 'kafka' order by 1, 2`,
    `select pid, state, wait_event, now() - xact_start as since, left(query, 100) as query
     from pg_stat_activity where xact_start is not null`,
  ]) {
    const { rows } = await pool.query<Record<string, unknown>>(query);
    lines.push(...rows.map((row) => JSON.stringify(row)));
  }
  for (const { name, process: kept } of members) {
    for (const path of ['readyz', 'healthz', 'metrics']) {
      const signal = AbortSignal.timeout(3_000);
      const answer = await fetch(`${kept.url}/${path}`, { signal }).catch(() => undefined);
      const text = (await answer?.text().catch(() => undefined)) ?? 'no answer';
      const told = path === 'metrics' ? text.split('\n').filter((line) => TOLD.test(line)) : [text];
      lines.push(`--- ${name} (${String(kept.pid)}) /${path}`, ...told);
    }
  }
  writeFileSync(join(options.folder, 'diagnosis.txt'), `${lines.join('\n')}\n`);
}
