import { writeAudit } from '../access/audit';
import type { Asked } from '../access/actor';
import { notFound, Refusal } from '../access/refusal';
import type { EventReplayer } from '../ports/event-replayer';
import { oneRow, type Database, type Sql } from '../queries/sql';
import type { Wake } from '../wake/wake';
import { QUARANTINED_TIMER } from './quarantine-rows';
import type { DecodeRecord } from './read-records';

interface Quarantined {
  readonly source: string;
  readonly state: 'open' | 'replayed' | 'discarded';
  readonly payload: Buffer;
  readonly rule_id: string;
  readonly reason: string;
}

/** What people do with events that were set aside. */
export class QuarantineReplay {
  constructor(
    private readonly database: Database,
    private readonly replayer: EventReplayer,
    private readonly decode: DecodeRecord,
    private readonly wake: Wake,
  ) {}

  /**
   * Puts the event into the stream once more, as it was sent. Rules that have counted it already know
   * it by source and id.
   *
   * @throws Refusal `not_found`; `conflict` if it is not open; `events_rejected` if it still is no event
   */
  async replay(id: string, asked: Asked): Promise<void> {
    await this.database.transaction(async (sql) => {
      const row = await lockOpen(sql, id);
      if (row.source === QUARANTINED_TIMER) await rearm(sql, row.payload);
      else await this.append(sql, row.payload);
      await resolve(sql, id, 'replayed', asked);
      await writeAudit(sql, asked, { action: 'quarantine.replay', object: `quarantine:${id}` });
    });
    this.wake.signal('log');
  }

  /** Leaves it out for good. @throws Refusal `not_found`; `conflict` if it is not open */
  async discard(id: string, reason: string | null, asked: Asked): Promise<void> {
    await this.database.transaction(async (sql) => {
      await lockOpen(sql, id);
      await resolve(sql, id, 'discarded', asked);
      await writeAudit(sql, asked, {
        action: 'quarantine.discard',
        object: `quarantine:${id}`,
        reason: reason ?? undefined,
      });
    });
  }

  private async append(sql: Sql, payload: Buffer): Promise<void> {
    const value = payload.toString();
    const decoded = this.decode({ offset: 0n, value, history: false });
    if (!decoded.ok) throw new Refusal('events_rejected', { detail: decoded.detail });
    const { event } = decoded;
    await this.replayer.append(sql, { event, body: JSON.stringify(event.json) });
  }
}

async function lockOpen(sql: Sql, id: string): Promise<Quarantined> {
  const row = await oneRow<Quarantined>(
    sql,
    'select source, state, payload, rule_id, reason from quarantine where id = $1 for update',
    [id],
  );
  if (row === undefined) throw notFound();
  if (row.state !== 'open')
    throw new Refusal('conflict', { detail: `It was ${row.state} before.` });
  return row;
}

async function resolve(sql: Sql, id: string, state: string, { actor }: Asked): Promise<void> {
  await sql.query(
    'update quarantine set state = $2, resolved_at = now(), resolved_by = $3 where id = $1',
    [id, state, actor.id],
  );
}

/** The timer fires once more, in the clock group that waits for most: never too early. */
async function rearm(sql: Sql, payload: Buffer): Promise<void> {
  const { ruleNo, lane, key } = JSON.parse(payload.toString()) as Readonly<Record<string, unknown>>;
  await sql.query(
    `with armed as (
       update detect_state set fire_at = now(), revision = revision + 1
       where rule_no = $1 and lane = $2 and key = $3 and fire_at is null
       returning rule_no, lane, key, fire_at
     )
     insert into timer (rule_no, lane, key, fire_at, shard, clock_group)
     select a.rule_no, a.lane, a.key, a.fire_at, 0, g.id
     from armed a, (select id from clock_group order by cardinality(topics) desc, id limit 1) g
     on conflict (rule_no, lane, key) do nothing`,
    [ruleNo, lane === 'live' ? 0 : 1, key],
  );
}
