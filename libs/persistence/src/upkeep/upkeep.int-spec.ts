import { putHistory, readHistory, useTestDatabase } from '@amends/testing';
import { dropOldHistory, makeHistoryPartitions } from './history-partitions';
import {
  dropOrphanTimers,
  markDrained,
  SWEEP_FULL,
  sweepSeen,
  sweepStopped,
  trimLog,
} from './sweeps';
import { StateSweep } from './state-sweep';

const database = useTestDatabase();
const DAY_MS = 86_400_000;

async function rows<R extends object>(sql: string, values: unknown[] = []): Promise<R[]> {
  return (await database().pool.query<R>(sql, values)).rows;
}

async function addHistory(id: string, time: string, arrived: string): Promise<void> {
  const [seq] = await putHistory(database().pool, [{ time, type: 't', id }]);
  await rows('update history_segment set arrived_at = $2 where first_seq = $1', [seq, arrived]);
  await rows(
    `insert into history_key (type, path, value_hash, time, seq) values ('t', 'p', '\\x00', $1, $2)`,
    [time, seq],
  );
}

/** Ids by partition of the table. */
async function idsByPart(): Promise<Record<string, string[]>> {
  const parts = await rows<{ part: string }>(
    'select distinct tableoid::regclass::text as part from history_segment order by 1',
  );
  const ids: Record<string, string[]> = {};
  for (const { part } of parts) {
    const kept = await readHistory(database().pool, part);
    ids[part] = kept.map(({ event }) => event.id as string);
  }
  return ids;
}

describe('partitions of history', () => {
  it('are made ahead, once, and hold what belongs to their months', async () => {
    const nowMs = Date.UTC(2026, 10, 30, 23, 59);
    const made = await makeHistoryPartitions(database().pool, nowMs);
    expect(made).toEqual([
      'history_segment_2026_11',
      'history_segment_2026_12',
      'history_segment_2027_01',
    ]);
    expect(await makeHistoryPartitions(database().pool, nowMs)).toEqual([]);
    await addHistory('in-november', '2026-11-01T00:00:00Z', '2026-11-30T23:59:59.999Z');
    await addHistory('in-december', '2026-12-01T00:00:00Z', '2026-12-01T00:00:00Z');
    await addHistory('long-ago', '2017-01-01T00:00:00Z', '2026-12-01T00:00:00Z');
    await addHistory('no-month', '2026-12-01T00:00:00Z', '2017-01-01T00:00:00Z');
    expect(await idsByPart()).toEqual({
      history_segment_2026_11: ['in-november'],
      history_segment_2026_12: ['in-december', 'long-ago'],
      history_segment_default: ['no-month'],
    });
  });

  it('leaves a month to the default partition that holds rows of it', async () => {
    await addHistory('early', '2026-12-01T00:00:00Z', '2027-02-03T00:00:00Z');
    expect(await makeHistoryPartitions(database().pool, Date.UTC(2026, 11, 1))).toEqual([]);
    expect((await idsByPart()).history_segment_default).toContain('early');
  });

  it('go when the retention is over, counted from arrival', async () => {
    await rows('truncate history_segment, history_key');
    await rows(`drop table if exists history_segment_2020_01, history_segment_2020_02`);
    for (const [month, next] of [
      ['2020-01-01', '2020-02-01'],
      ['2020-02-01', '2020-03-01'],
    ]) {
      const name = `history_segment_${month?.slice(0, 7).replace('-', '_') ?? ''}`;
      await rows(
        `create table ${name} partition of history_segment for values from ('${month ?? ''}') to ('${next ?? ''}')`,
      );
    }
    const lately = new Date(Date.now() - DAY_MS).toISOString();
    await addHistory('old', '2020-01-15T00:00:00Z', '2020-01-15T00:00:00Z');
    await addHistory('imported-lately', '2020-01-15T00:00:00Z', lately);
    await addHistory('default-old', '2010-01-01T00:00:00Z', '2019-01-15T00:00:00Z');
    await addHistory('default-lately', '2010-01-01T00:00:00Z', lately);
    expect(await dropOldHistory(database().pool, 400 * DAY_MS)).toBe(2);
    const left = await readHistory(database().pool);
    expect(left.map(({ event }) => event.id)).toEqual(['imported-lately', 'default-lately']);
    const keys = await rows<{ seq: string }>('select seq from history_key order by seq');
    expect(keys.map(({ seq }) => BigInt(seq))).toEqual(left.map(({ seq }) => seq));
  });
});

describe('sweeps', () => {
  it('trims the log behind every reader, but for what came lately', async () => {
    await rows(`insert into log_head values ('a.events', 0, 10)`);
    await rows(
      `insert into event_log select 'a.events', 0, n, now() - (10 - n) * interval '1 hour', false, '{}'
       from generate_series(0, 9) n`,
    );
    await rows(
      `insert into stream_position (source, topic, partition, next_offset) values
         ('log', 'a.events', 0, 5)`,
    );
    expect(await trimLog(database().pool, 6.5 * 3_600_000)).toBe(4);
    expect(await rows('select min("offset")::int as first from event_log')).toEqual([{ first: 4 }]);
    expect(await trimLog(database().pool, 0)).toBe(1);
    expect(await rows('select min("offset")::int as first from event_log')).toEqual([{ first: 5 }]);
  });

  it('forgets what the door has known for long enough', async () => {
    await rows(
      `insert into event_seen values ('\\x01', '\\x01', now() - interval '8 days'),
         ('\\x02', '\\x02', now())`,
    );
    expect(await sweepSeen(database().pool, 7 * DAY_MS)).toBe(1);
    expect(await rows('select 1 from event_seen')).toHaveLength(1);
  });

  it('removes states whose time is over by the clock, and none that still waits', async () => {
    await rows(
      `insert into detect_state (rule_no, lane, key, state, sweep_after, fire_at) values
         (1, 0, 'over', '{}', '2026-01-01', null), (1, 0, 'later', '{}', '2026-01-03', null),
         (1, 0, 'open', '{}', null, null), (1, 0, 'armed', '{}', '2026-01-01', '2026-02-01')`,
    );
    expect(await new StateSweep(database().pool).step(Date.UTC(2026, 0, 2))).toBe(1);
    const left = await rows('select key from detect_state order by key');
    expect(left).toEqual([{ key: 'armed' }, { key: 'later' }, { key: 'open' }]);
    await rows('truncate detect_state');
  });

  it('goes round a table of many pages, and forgets all that is over', async () => {
    await rows(
      `insert into detect_state (rule_no, lane, key, state, sweep_after)
       select 1, 0, 'k' || n, repeat('x', 3000), '2026-01-01' from generate_series(1, 9000) n`,
    );
    await rows(
      `insert into detect_state (rule_no, lane, key, state) values (1, 0, 'open', repeat('x', 3000))`,
    );
    const sweep = new StateSweep(database().pool);
    const counts: number[] = [];
    for (let step = 0; step < 4; step += 1) counts.push(await sweep.step(Date.UTC(2026, 0, 2)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(9000);
    expect(Math.max(...counts)).toBeLessThanOrEqual(SWEEP_FULL);
    expect(await rows('select key from detect_state')).toEqual([{ key: 'open' }]);
    await rows('truncate detect_state');
  });

  it('forgets lanes in which a rule does not run, and timers nobody would claim', async () => {
    await rows(`insert into rule (id, latest_version) values ('on', 1), ('off', 1)`);
    await rows(`insert into rule_version (rule_id, version, document, document_hash, title, author)
       values ('on', 1, '{}', '', '', '')`);
    await rows(
      `insert into rule_rollout (rule_id, live_version, live_percent) values ('on', 1, 100)`,
    );
    await rows(
      `insert into detect_state (rule_no, lane, key, state)
       select no, lane, id, '{}' from rule, (values (0::smallint), (1::smallint)) l (lane)`,
    );
    await rows(
      `insert into timer (clock_group, shard, fire_at, rule_no, lane, key)
       select 1, 0, now() - interval '1 hour', rule_no, lane, key from detect_state`,
    );
    expect(await sweepStopped(database().pool)).toBe(3);
    const left = `select r.id, s.lane from detect_state s join rule r on r.no = s.rule_no`;
    expect(await rows(left)).toEqual([{ id: 'on', lane: 0 }]);
    expect(await rows('select 1 from timer')).toHaveLength(1);

    await rows('truncate detect_state');
    expect(await dropOrphanTimers(database().pool)).toBe(1);
    expect(await rows('select 1 from timer')).toEqual([]);
  });

  it('marks a version as drained when no state speaks of it any more', async () => {
    await rows(
      `insert into rule_run (rule_id, lane, version, since) values
         ('on', 0, 1, now() - interval '1 day'), ('on', 0, 2, now() - interval '1 day'),
         ('on', 0, 12, now() - interval '1 day'), ('on', 0, 3, now())`,
    );
    await rows(
      `insert into detect_state (rule_no, lane, key, state)
       select no, 0, 'k', '{"deadline":{"items":[{"n":12}]}}' from rule where id = 'on'`,
    );
    expect(await markDrained(database().pool)).toBe(1);
    const drained = await rows('select version from rule_run where drained');
    expect(drained).toEqual([{ version: 2 }]);
  });
});
