import type { Pool } from 'pg';
import { execute, statement, tuplesOf } from '../database/statement';
import { StreamMembers } from '../stream/stream-members';

/** As many rows as the migration put into `timer_lease`. */
export const TIMER_SHARDS = 16;

/** Leases what is free of the wanted shards, renews what is held of them, and gives the rest up. */
const SETTLE = statement(
  'timer_leases_settle',
  `with free as (
     select shard from timer_lease
     where shard = any ($2::smallint[]) and (owner = $1 or until < clock_timestamp())
     order by shard for update skip locked
   ), given as (
     update timer_lease set until = '-infinity'
     where owner = $1 and shard <> all ($2::smallint[]) and until > '-infinity'
   )
   update timer_lease l set owner = $1, until = clock_timestamp() + $3 * interval '1 millisecond'
   from free where l.shard = free.shard returning l.shard`,
);

const RELEASE = statement(
  'timer_leases_release',
  `update timer_lease set until = '-infinity' where owner = $1`,
);

/**
 * Which timers this process fires: detectors share the shards out among those that live, and a shard is leased, so
 * that whoever dies is replaced when the lease ends. Two that believe to own one shard for a moment do no harm:
 * each timer is looked at again under the lock of its state.
 */
export class TimerLeases {
  private readonly members: StreamMembers;
  private held: readonly number[] = [];
  private heldUntilMs = 0;

  constructor(
    private readonly pool: Pool,
    private readonly me: string,
    private readonly leaseMs: number,
  ) {
    this.members = new StreamMembers(pool, 'timers', me, leaseMs);
  }

  /** The shards held now; none once a lease could not be renewed in time. */
  get shards(): readonly number[] {
    return performance.now() < this.heldUntilMs ? this.held : [];
  }

  /** To be called several times within a lease. */
  async renew(): Promise<void> {
    const askedAtMs = performance.now();
    const sorted = [...new Set([...(await this.members.heartbeat()), this.me])].sort();
    const turn = sorted.indexOf(this.me);
    const wanted = Array.from({ length: TIMER_SHARDS }, (_, shard) => shard).filter(
      (shard) => shard % sorted.length === turn,
    );
    const rows = await tuplesOf<[number]>(this.pool, SETTLE, [this.me, wanted, this.leaseMs]);
    this.held = rows.map(([shard]) => shard).sort((a, b) => a - b);
    this.heldUntilMs = askedAtMs + this.leaseMs;
  }

  /** Whoever is left takes over at once. */
  async release(): Promise<void> {
    this.held = [];
    await execute(this.pool, RELEASE, [this.me]);
    await this.members.leave();
  }
}
