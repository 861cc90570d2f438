import { execute, statement, tuplesOf } from '@amends/persistence';
import type { Pool } from 'pg';

const HEARTBEAT = statement(
  'log_member_heartbeat',
  `insert into stream_member (source, member, seen_at) values ($1, $2, clock_timestamp())
   on conflict (source, member) do update set seen_at = excluded.seen_at`,
);

const LIVING = statement(
  'log_members',
  `select member from stream_member
   where source = $1 and seen_at > clock_timestamp() - $2 * interval '1 millisecond'`,
);

const LEAVE = statement(
  'log_member_leave',
  `delete from stream_member where source = $1
   and (member = $2 or seen_at < clock_timestamp() - interval '1 hour')`,
);

/** Who reads the log at present, by heartbeats in the database. */
export class LogMembers {
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
