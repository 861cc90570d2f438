import type { Pool } from 'pg';
import { execute, statement, tuplesOf } from '../database/statement';

const HEARTBEAT = statement(
  'stream_member_heartbeat',
  `insert into stream_member (source, member, seen_at) values ($1, $2, clock_timestamp())
   on conflict (source, member) do update set seen_at = excluded.seen_at`,
);

const LIVING = statement(
  'stream_members',
  `select member from stream_member
   where source = $1 and seen_at > clock_timestamp() - $2 * interval '1 millisecond'`,
);

const LEAVE = statement(
  'stream_member_leave',
  `delete from stream_member where source = $1
   and (member = $2 or seen_at < clock_timestamp() - interval '1 hour')`,
);

/** Who takes part in a piece of work at present, such as reading the log, by heartbeats in the database. */
export class StreamMembers {
  constructor(
    private readonly pool: Pool,
    private readonly source: string,
    private readonly me: string,
    private readonly sessionTimeoutMs: number,
  ) {}

  /** Says that this member lives, and answers who else does. */
  async heartbeat(): Promise<string[]> {
    await execute(this.pool, HEARTBEAT, [this.source, this.me]);
    const rows = await tuplesOf<[string]>(this.pool, LIVING, [this.source, this.sessionTimeoutMs]);
    return rows.map(([member]) => member);
  }

  async leave(): Promise<void> {
    await execute(this.pool, LEAVE, [this.source, this.me]);
  }
}
