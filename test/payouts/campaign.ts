import {
  Reconcile,
  Remedy,
  RemedyObserver,
  TakePayoutHook,
  Wake,
  type Difference,
  type PayoutProviders,
} from '@amends/application';
import { PgDatabase, PgHistory, Pools } from '@amends/persistence';
import { findViolations, type TestDatabase, type Violation } from '@amends/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { LOST_ANSWERS, seeded } from './bad-day';
import { judge, type Verdict } from './judge';
import { writeOrders, writeRules } from './orders';
import { harnessProviders, openOutside, providerSettings, type Outside } from './providers';
import { SimClock } from './sim-clock';
import { Workers } from './workers';

export interface CampaignOptions {
  readonly database: TestDatabase;
  readonly payouts: number;
  readonly seed: number;
  readonly workers: number;
  readonly crashes: number;
  readonly isBuilt: boolean;
  /** In real time: it must have come to rest by then. */
  readonly limitMs: number;
  readonly log?: (text: string) => void;
}

export interface CampaignResult {
  readonly seconds: number;
  readonly simulatedHours: number;
  readonly lostAnswers: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly deaths: Readonly<Record<string, number>>;
  /** How payouts of unknown outcome came to an end, and other things that have to have happened. */
  readonly bites: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
  readonly violations: readonly Violation[];
}

interface Parts {
  readonly clock: SimClock;
  readonly outside: Outside;
  readonly workers: Workers;
  readonly remedy: Remedy;
  readonly pools: Pools;
  readonly random: () => number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No more is skipped at a time: what is under way must not get a day older. */
const SKIP_MAX_MS = 2 * HOUR_MS;
/** What is only asked after may be asked as late. */
const SKIP_PENDING_MS = 12 * HOUR_MS;
/** Beyond every key window that is shorter than a month. */
const BLACKOUT_MS = 25 * HOUR_MS;
/** Longer than the time-out of a request: what is still "sending" has lost its sender. */
const ORPHANED_MS = 2_500;
const LOOK_MS = 100;
const HOOKED = 0.2;

/**
 * Refunds through providers of every kind on a bad day, with remedies that die at crash points, in
 * simulated weeks: then the providers' journals are held against our books.
 */
export class Campaign {
  private readonly startMs = performance.now();
  private readonly bites = new Map<string, number>();
  private hooks: (() => Promise<void>)[] = [];
  private readonly seen = new Map<string, number>();
  private sending = '';
  private sendingSinceMs = 0;

  private readonly clock: SimClock;
  private readonly outside: Outside;
  private readonly workers: Workers;
  private readonly remedy: Remedy;
  private readonly pools: Pools;
  private readonly random: () => number;

  private constructor(
    private readonly options: CampaignOptions,
    parts: Parts,
  ) {
    this.clock = parts.clock;
    this.outside = parts.outside;
    this.workers = parts.workers;
    this.remedy = parts.remedy;
    this.pools = parts.pools;
    this.random = parts.random;
  }

  static async run(options: CampaignOptions): Promise<CampaignResult> {
    const { database, seed, payouts } = options;
    const random = seeded(seed);
    const clock = await SimClock.install(database.pool, database.name);
    const outside = await openOutside(clock.now, random);
    const settings = providerSettings(outside);
    // A connection made before knows the old search path.
    const pools = await Pools.open({ url: database.url, sizes: { harness: 4 } });
    await writeRules(database.pool);
    await writeOrders(database.pool, outside, payouts, random);
    const { workers: number, crashes, isBuilt } = options;
    const workers = new Workers({
      number,
      crashes,
      isBuilt,
      databaseUrl: database.url,
      settings,
      random,
    });
    const remedy = harnessRemedy(pools, harnessProviders(settings));
    const campaign = new Campaign(options, { clock, outside, workers, remedy, pools, random });
    try {
      return await campaign.go();
    } finally {
      await campaign.close();
    }
  }

  private async go(): Promise<CampaignResult> {
    const empty = this.outside.providers.get('latest-status')?.book.balances;
    empty?.set('KWD', 0n);
    this.workers.start();
    for (const share of [0.3, 0.6]) {
      await this.until(async () => (await this.settled()) >= this.options.payouts * share);
      await this.blackout();
      empty?.delete('KWD');
    }
    await this.untilRest();
    // Whatever fails days after it succeeded has failed by then.
    await this.clock.skip(4 * DAY_MS);
    await this.deliverHooks(true);
    await this.untilRest();
    this.log('at rest; reconciling');
    await this.reconcile();
    await this.untilRest();
    const differences = await this.reconcile();
    const isOrderly = await this.workers.stop();
    if (!isOrderly) this.bite('a worker that did not end in order');
    return this.result(differences);
  }

  private async close(): Promise<void> {
    await this.workers.kill();
    await this.pools.close();
    for (const provider of this.outside.providers.values()) await provider.close();
  }

  /** Everybody dies in the middle of it, and is back when keys are no longer known. */
  private async blackout(): Promise<void> {
    this.log(`blackout after ${String(await this.settled())}`);
    await this.workers.kill();
    await sleep(ORPHANED_MS / 2);
    await this.clock.skip(BLACKOUT_MS);
    this.workers.start();
  }

  private async untilRest(): Promise<void> {
    let calm = 0;
    await this.until(async () => {
      const isAtRest = await this.step();
      calm = isAtRest ? calm + 1 : 0;
      return calm >= 3;
    });
  }

  private async until(isOver: () => Promise<boolean>): Promise<void> {
    for (;;) {
      await this.deliverHooks(false);
      for (const provider of this.outside.providers.values()) provider.settle();
      if (await isOver()) return;
      if (performance.now() - this.startMs > this.options.limitMs) {
        const verdict = await judge(this.database, this.outside);
        throw new Error(
          `it does not come to rest: ${JSON.stringify(verdict.states)} ${verdict.forgotten.slice(0, 5).join(', ')}\n${this.workers.output}`,
        );
      }
      await sleep(LOOK_MS);
    }
  }

  private get database() {
    return this.options.database.pool;
  }

  /** Skips what time can be skipped; whether nothing is left to come. */
  private async step(): Promise<boolean> {
    const { rows } = await this.database.query<{
      due: number;
      next_ms: number | null;
      open: number;
      sending: string;
    }>(
      `select
         (select count(*) from decision_queue)::int
           + (select count(*) from compensation where state in ('reserved', 'sending', 'unknown')
                and next_attempt_at <= sim.now())::int
           + (select count(*) from payment_attempt where ask_at <= sim.now())::int as due,
         (extract(epoch from least(
           (select min(next_attempt_at) from compensation
              where state in ('reserved', 'sending', 'unknown')),
           (select min(ask_at) from payment_attempt)) - sim.now()) * 1000)::float8 as next_ms,
         (select count(*) from compensation
            where state in ('reserved', 'sending', 'unknown') and next_attempt_at is not null)::int
           as open,
         (select coalesce(string_agg(id, ' ' order by id), '') from compensation
            where state = 'sending') as sending`,
    );
    const [row] = rows;
    if (!row) throw new Error('the database said nothing');
    const { due, next_ms: nextMs, sending, open } = row;
    if (due > 0) return false;
    if (sending !== this.sending) {
      this.sending = sending;
      this.sendingSinceMs = performance.now();
    }
    if (sending !== '' && performance.now() - this.sendingSinceMs < ORPHANED_MS) return false;
    if (nextMs === null) return this.hooks.length === 0;
    await this.clock.skip(
      open === 0 ? SKIP_PENDING_MS : Math.min(Math.max(nextMs, 0) + 1_000, SKIP_MAX_MS),
    );
    return false;
  }

  private async settled(): Promise<number> {
    const { rows } = await this.database.query<{ n: number }>(
      `select count(*)::int as n from compensation where state = 'settled'`,
    );
    return rows[0]?.n ?? 0;
  }

  /** Some refunds are told of by webhook: once or thrice, late, in any order. */
  private async deliverHooks(isAll: boolean): Promise<void> {
    for (const [name, provider] of this.outside.providers) {
      const from = this.seen.get(name) ?? 0;
      this.seen.set(name, provider.movements.length);
      for (const { ref, kind } of provider.movements.slice(from)) {
        const refund = provider.book.find(ref);
        if (!refund || (kind === 'moved' && this.random() > HOOKED)) continue;
        if (kind === 'returned' && this.random() < 0.5) continue;
        for (let copy = 0; copy < 1 + Math.floor(this.random() * 3); copy += 1) {
          this.hooks.push(async () => {
            const { body, headers } = provider.announce(refund);
            const hook = { bytes: Buffer.from(body), headers };
            this.bite(`webhook ${await new TakePayoutHook(this.remedy).execute(name, hook)}`);
          });
        }
      }
    }
    this.hooks.sort(() => this.random() - 0.5);
    const now = this.hooks.splice(0, isAll ? this.hooks.length : 20);
    for (const deliver of now) await deliver();
  }

  private async reconcile(): Promise<Difference[]> {
    const differences: Difference[] = [];
    for (const provider of this.remedy.providers.all) {
      const use = new Reconcile(this.remedy);
      const done = await use.execute(provider, 0, this.clock.now() - 2 * HOUR_MS);
      this.bite('resolved by reconciliation', done.resolved);
      differences.push(...done.differences);
    }
    return differences;
  }

  private async result(differences: readonly Difference[]): Promise<CampaignResult> {
    const { faults } = this.outside;
    const lost = LOST_ANSWERS.reduce((sum, fault) => sum + (faults.get(fault) ?? 0), 0);
    await this.countBites();
    return {
      seconds: (performance.now() - this.startMs) / 1000,
      simulatedHours: this.clock.skippedMs / HOUR_MS,
      lostAnswers: lost,
      faults: Object.fromEntries(faults),
      deaths: Object.fromEntries(this.workers.deaths),
      bites: Object.fromEntries(this.bites),
      verdict: await judge(this.database, this.outside),
      differences,
      violations: await findViolations(this.options.database.url, { atRest: true }),
    };
  }

  /** "Did it bite?": a run in which nothing was resent or asked for proves nothing. */
  private async countBites(): Promise<void> {
    const { rows } = await this.database.query<Record<string, number>>(
      `select count(*) filter (where sends > 1)::int as "sent again",
         count(*) filter (where state = 'succeeded' and asks > 0)::int as "answered when asked",
         count(*) filter (where failure_proof = 'not found, twice')::int as "not found, twice",
         count(*) filter (where attempt_no > 1)::int as "new number after a failure",
         count(*) filter (where failure_proof like 'refund_too_soon%')::int as "refunded too soon",
         count(*) filter (where state = 'failed' and provider_ref is not null)::int as "failed later"
       from payment_attempt`,
    );
    for (const [what, n] of Object.entries(rows[0] ?? {})) this.bite(what, n);
    const unknown = await this.database.query<{ n: number }>(
      `select count(distinct object)::int as n from audit where action = 'compensation.unknown'`,
    );
    this.bite('unknown for a while', unknown.rows[0]?.n ?? 0);
    for (const provider of this.outside.providers.values()) {
      const queries = provider.requests.filter(({ kind }) => kind === 'by-reference').length;
      this.bite('asked by reference', queries);
    }
  }

  private bite(what: string, times = 1): void {
    this.bites.set(what, (this.bites.get(what) ?? 0) + times);
  }

  private log(text: string): void {
    this.options.log?.(text);
  }
}

function harnessRemedy(pools: Pools, providers: PayoutProviders): Remedy {
  return new Remedy({
    database: new PgDatabase(pools.get('harness')),
    history: new PgHistory(),
    observer: new RemedyObserver(),
    providers,
    wake: new Wake(),
    clock: 'wall',
    topicsOf: () => [],
  });
}
