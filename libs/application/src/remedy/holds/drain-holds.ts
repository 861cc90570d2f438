import { finishJob, isJobRunning, noteProgress } from '../../jobs/job-rows';
import type { Sql } from '../../queries/sql';
import { sumOf } from '../../settings/named-sum';
import { readSettings } from '../../settings/read-settings';
import { openApprovals } from '../approvals/open-approvals';
import { Budgets } from '../budgets/budgets';
import { DAILY_CEILING, ExitCeilings } from '../exit/exit-ceilings';
import { ITEM_CAP } from '../exit/item-cap';
import { alignIncidents } from '../incident/incident-rows';
import type { Compensation, CompensationKind } from '../model/compensation';
import { NO_PROVIDER, NO_VOUCHER_CODE } from '../money/payouts';
import { finish, proceed, readOrigin, type Proceeded } from '../money/proceed';
import { withdraw } from '../money/withdraw';
import { needsPerson } from '../payout/needs-person';
import type { Remedy } from '../remedy';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { lockCompensation } from '../store/compensation-rows';
import { shareGate } from './hold-gate';
import type { HeldItems } from './release-hold';
import { tellOfEndingHolds } from './tell-of-holds';

const BATCH_MAX = 100;

interface LetGo {
  readonly isOurs: boolean;
  readonly proceeded?: Proceeded;
}

interface DrainingHold {
  id: string;
  held_items: HeldItems;
  job_id: string | null;
}

/**
 * Lets go what released and expired holds have held, one item per transaction, and what waited for a
 * provider that is set up by now. What another hold still stops is held by that one.
 */
export class DrainHolds {
  constructor(private readonly remedy: Remedy) {}

  /** How many items were let go. */
  async execute(): Promise<number> {
    const { database } = this.remedy;
    await tellOfEndingHolds(database);
    await expireHolds(database);
    let count = await this.letGo(await this.payable(), NO_PROVIDER, 'pay');
    count += await this.letGo(await this.withCodes(), NO_VOUCHER_CODE, 'pay');
    count += await this.letGo(await this.belowItemCaps(), ITEM_CAP, 'pay');
    count += await this.letGoBelowCeilings();
    const { rows } = await database.query<DrainingHold>(
      `select h.id, h.held_items, h.job_id from hold h left join job j on j.id = h.job_id
       where h.state in ('released', 'expired') and h.drained_at is null
         and coalesce(j.state, 'running') = 'running' order by h.id limit 10`,
    );
    for (const hold of rows) count += await this.drain(hold);
    return count;
  }

  private async drain({ id, held_items: heldItems, job_id: job }: DrainingHold): Promise<number> {
    const { database, wake } = this.remedy;
    const items = await this.letGo(await this.heldBy(id), id, heldItems, job);
    const messages = await database.transaction(async (sql) =>
      (await goesOn(sql, job)) ? letMessagesGo(sql, id, heldItems) : 0,
    );
    if (messages > 0) wake.signal('messages');
    if (job !== null) await noteProgress(database, job, items + messages);
    if (items + messages === 0) await markDrained(database, id, job);
    return items + messages;
  }

  /** What waits for a provider, and has one by now. */
  private async payable(): Promise<string[]> {
    const { rows } = await this.remedy.database.query<{
      kind: CompensationKind;
      brand: string | null;
    }>(`select distinct kind, brand from compensation where state = 'held' and held_by = $1`, [
      NO_PROVIDER,
    ]);
    const able = rows.filter(({ kind, brand }) => this.remedy.providers.find(kind, brand));
    if (able.length === 0) return [];
    const found = await this.remedy.database.query<{ id: string }>(
      `select c.id from compensation c join unnest($2::text[], $3::text[]) as a(kind, brand)
         on c.kind = a.kind and c.brand is not distinct from a.brand
       where c.state = 'held' and c.held_by = $1 order by c.id limit ${String(BATCH_MAX)}`,
      [NO_PROVIDER, able.map(({ kind }) => kind), able.map(({ brand }) => brand)],
    );
    return found.rows.map(({ id }) => id);
  }

  /** What waits for a voucher code of its sum, and one has been added somewhere. */
  private async withCodes(): Promise<string[]> {
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `select id from compensation c where state = 'held' and held_by = $1
         and exists (select 1 from voucher_code v where v.taken_at is null
           and v.currency = c.currency and v.amount_minor = c.amount_minor
           and v.added_at > c.updated_at)
       order by id limit ${String(BATCH_MAX)}`,
      [NO_VOUCHER_CODE],
    );
    return rows.map(({ id }) => id);
  }

  private async heldBy(hold: string): Promise<string[]> {
    const { rows } = await this.remedy.database.query<{ id: string }>(
      `select id from compensation where state = 'held' and held_by = $1
       order by id limit ${String(BATCH_MAX)}`,
      [hold],
    );
    return rows.map(({ id }) => id);
  }

  /** What was larger than any payout may be, and is not by now. */
  private async belowItemCaps(): Promise<string[]> {
    const { database } = this.remedy;
    const { settings } = await readSettings(database);
    const caps = settings.item_caps.map(sumOf);
    const { rows } = await database.query<{ id: string }>(
      `select c.id from compensation c
       left join unnest($2::text[], $3::bigint[]) as cap(currency, minor)
         on cap.currency = c.currency::text
       where c.state = 'held' and c.held_by = $1
         and (cap.minor is null or c.amount_minor <= cap.minor)
       order by c.id limit ${String(BATCH_MAX)}`,
      [ITEM_CAP, caps.map(({ currency }) => currency), caps.map(({ minor }) => minor)],
    );
    return rows.map(({ id }) => id);
  }

  /** What waited for the day to end or the ceiling to be raised: oldest first, as far as it fits. */
  private async letGoBelowCeilings(): Promise<number> {
    const { database } = this.remedy;
    const { settings } = await readSettings(database);
    const { rows } = await database.query<{
      id: string;
      brand: string | null;
      minor: bigint;
      currency: string;
    }>(
      `select id, brand, amount_minor as minor, currency::text as currency from compensation
       where state = 'held' and held_by = $1 order by id limit ${String(BATCH_MAX)}`,
      [DAILY_CEILING],
    );
    if (rows.length === 0) return 0;
    const sums = rows.map(({ id, brand, minor, currency }) => ({
      id,
      brand,
      money: { minor, currency },
    }));
    const ceilings = await database.transaction((sql) => ExitCeilings.lock(sql, settings, sums));
    // Only looked at here: who pays looks again, under the lock.
    const fitting = sums.filter((sum) => ceilings.take(sum) === undefined);
    for (const { id } of fitting) await this.tryToLetGo(id, DAILY_CEILING, 'pay', null);
    return fitting.length;
  }

  private async letGo(
    ids: readonly string[],
    heldBy: string,
    heldItems: HeldItems,
    job: string | null = null,
  ): Promise<number> {
    let count = 0;
    for (const id of ids) {
      if (await this.tryToLetGo(id, heldBy, heldItems, job)) count += 1;
    }
    return count;
  }

  private async tryToLetGo(
    id: string,
    heldBy: string,
    heldItems: HeldItems,
    job: string | null,
  ): Promise<boolean> {
    try {
      return await this.letOneGo(id, heldBy, heldItems, job);
    } catch (error) {
      this.remedy.observer.alarm('what was held cannot be let go', { compensationId: id, error });
      return false;
    }
  }

  /** Whether it was let go here; another process may have been first. */
  private async letOneGo(
    id: string,
    heldBy: string,
    heldItems: HeldItems,
    job: string | null,
  ): Promise<boolean> {
    const { isOurs, proceeded } = await this.remedy.database.transaction<LetGo>(async (sql) => {
      await shareGate(sql);
      if (!(await goesOn(sql, job))) return { isOurs: false };
      const compensation = await lockCompensation(sql, id);
      if (compensation?.state !== 'held' || compensation.heldBy !== heldBy) {
        return { isOurs: false };
      }
      switch (heldItems) {
        case 'pay': {
          const reason = compensation.needsApproval
            ? undefined
            : needsPerson(this.remedy, compensation);
          if (reason === undefined) {
            return { isOurs: true, proceeded: await this.pay(sql, compensation) };
          }
          await review(sql, compensation, reason);
          return { isOurs: true };
        }
        case 'review':
          await review(sql, compensation, `released from ${heldBy} for review`);
          return { isOurs: true };
        case 'drop':
          await drop(sql, compensation);
          return { isOurs: true };
      }
    });
    if (proceeded?.kind === 'started') proceeded.payouts.announce();
    return isOurs;
  }

  private async pay(sql: Sql, compensation: Compensation): Promise<Proceeded> {
    const origin = await readOrigin(sql, this.remedy, compensation);
    const budgets = await Budgets.lockOwn(sql, compensation);
    const released = { ...compensation, heldBy: null };
    const proceeded = await proceed(sql, this.remedy, budgets, released, origin, REMEDY);
    await finish(sql, budgets, proceeded, compensation.incidentId);
    return proceeded;
  }
}

async function review(sql: Sql, compensation: Compensation, reason: string): Promise<void> {
  const { id, incidentId } = compensation;
  await sql.query(
    `update compensation set state = 'awaiting_approval', held_by = null, needs_approval = true,
       revision = revision + 1, updated_at = now() where id = $1`,
    [id],
  );
  await openApprovals(sql, [{ compensation, reason }]);
  await insertAudit(sql, [
    { author: REMEDY, action: 'compensation.review', object: `compensation:${id}`, reason },
  ]);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}

async function drop(sql: Sql, compensation: Compensation): Promise<void> {
  const budgets = await Budgets.lockOwn(sql, compensation);
  const reason = 'dropped with its hold';
  await withdraw(sql, budgets, compensation, { to: 'withdrawn', author: REMEDY, reason });
  await budgets.write(sql);
  if (compensation.incidentId !== null) await alignIncidents(sql, [compensation.incidentId]);
}

/** Money that has moved is told of even where what was held is looked at first. */
async function letMessagesGo(sql: Sql, hold: string, heldItems: HeldItems): Promise<number> {
  const change =
    heldItems === 'drop'
      ? `state = 'failed', attempts = attempts || jsonb_build_array(jsonb_build_object(
           'at', now(), 'channel', channel, 'outcome', 'cancelled', 'detail', 'dropped with its hold'))`
      : `state = 'queued', not_before = now()`;
  const { rowCount } = await sql.query(
    `update message set ${change}, held_by = null, revision = revision + 1
     where id in (select id from message where state = 'held' and held_by = $1 limit 1000)`,
    [hold],
  );
  return rowCount ?? 0;
}

async function goesOn(sql: Sql, job: string | null): Promise<boolean> {
  return job === null || isJobRunning(sql, job);
}

async function markDrained(sql: Sql, hold: string, job: string | null): Promise<void> {
  const { rowCount } = await sql.query(
    `update hold set drained_at = now() where id = $1
       and not exists (select 1 from compensation where state = 'held' and held_by = $1)
       and not exists (select 1 from message where state = 'held' and held_by = $1)`,
    [hold],
  );
  if (rowCount === 1 && job !== null) await finishJob(sql, job);
}

async function expireHolds(sql: Sql): Promise<void> {
  await sql.query(
    `with expired as (
       update hold set state = 'expired', held_items = 'pay', released_at = now(),
         revision = revision + 1
       where state in ('activating', 'active') and until <= now() returning id)
     insert into audit (actor_kind, actor_id, action, object)
     select 'system', 'remedy', 'hold.expire', 'hold:' || id from expired`,
  );
}
