import type { Remedy } from '../remedy';
import { Reconcile, type Reconciled } from './reconcile';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
/** A refund can fail days after it succeeded, so the last week is looked at again each time. */
const LOOK_BACK_MS = 7 * DAY_MS;
/** What was sent just now is not in the list yet. */
const UNRIPE_MS = 10 * 60_000;
/** After a run that failed it is tried again. */
const AGAIN_MS = HOUR_MS;

/**
 * Reconciles each provider that gives a list once in so many hours, in whichever process comes first. A
 * claim that nobody ends is void after an hour.
 */
export class ReconcileNightly {
  private readonly reconcile: Reconcile;

  constructor(
    private readonly remedy: Remedy,
    private readonly everyHours: number,
  ) {
    this.reconcile = new Reconcile(remedy);
  }

  /** What was reconciled in this turn. */
  async execute(): Promise<Reconciled[]> {
    const done: Reconciled[] = [];
    for (const provider of this.remedy.providers.all) {
      if (!provider.capabilities.canList) continue;
      const fromMs = await this.claim(provider.name);
      if (fromMs === undefined) continue;
      try {
        const { nowMs } = await this.clock();
        done.push(await this.reconcile.execute(provider, fromMs, nowMs - UNRIPE_MS));
        await this.note(provider.name);
      } catch (error) {
        const about = { code: provider.name, error };
        this.remedy.observer.alarm('a payout provider could not be reconciled', about);
      }
    }
    return done;
  }

  /** From when on; undefined: not due, or another does it. */
  private async claim(provider: string): Promise<number | undefined> {
    const { rows } = await this.remedy.database.query<{ from_ms: number }>(
      `insert into payout_reconcile as r (provider, claimed_until)
       values ($1, now() + $2::float8 * interval '1 ms')
       on conflict (provider) do update set claimed_until = excluded.claimed_until
         where r.claimed_until < now()
           and (r.through is null or r.through < now() - $3::float8 * interval '1 hour')
       returning (extract(epoch from coalesce((select least(min(a.first_sent_at), r.through)
         from payment_attempt a where a.provider = r.provider and a.state in ('sent', 'unknown')),
         r.through, now())) * 1000)::float8 as from_ms`,
      [provider, AGAIN_MS, this.everyHours],
    );
    const [claimed] = rows;
    return claimed && claimed.from_ms - LOOK_BACK_MS;
  }

  private async note(provider: string): Promise<void> {
    await this.remedy.database.query(
      'update payout_reconcile set through = now(), claimed_until = now() where provider = $1',
      [provider],
    );
  }

  private async clock(): Promise<{ nowMs: number }> {
    const { rows } = await this.remedy.database.query<{ now_ms: number }>(
      'select (extract(epoch from now()) * 1000)::float8 as now_ms',
    );
    return { nowMs: rows[0]?.now_ms ?? 0 };
  }
}
