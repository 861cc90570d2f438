import { join } from 'node:path';
import {
  findViolations,
  JOURNAL_INVARIANTS,
  MONEY_INVARIANTS,
  STREAM_INVARIANTS,
  readHistory,
} from '@amends/testing';
import { heal } from './faults/network';
import type { Scene } from './faults/scene';
import type { Script } from './faults/scripts';
import { untilAtRest } from './oracle/at-rest';
import { readBooks, readTold } from './oracle/books';
import { compare, type Verdict } from './oracle/compare';
import { diagnose } from './oracle/diagnose';
import { loadJournals, plannedOf } from './oracle/load-journals';
import { Meter } from './oracle/meter';
import { Recovery, type Recovered } from './oracle/recovery';
import { Witness } from './oracle/witness';
import { Random } from './random';
import { Generator, type GeneratorOptions, type StreamLine } from './stream/generator';
import { Journal } from './world/journal';
import { setUp } from './world/set-up';
import { World, type Death } from './world/world';

export interface CampaignOptions extends Pick<
  GeneratorOptions,
  'weights' | 'storiesPerSecond' | 'noisePerSecond'
> {
  readonly folder: string;
  readonly seed: number;
  readonly dist?: string;
  /** SQL that takes a guard out of the schema. */
  readonly damage?: readonly string[];
  readonly seconds: number;
  readonly scripts: readonly Script[];
  readonly restMs: number;
  /** Whether one fault found while it runs is enough. */
  readonly stopsAtFault?: boolean;
  readonly log: (text: string) => void;
}

export interface Outcome {
  /** What must not be: lost, doubled, or an invariant broken. */
  readonly faults: readonly string[];
  readonly verdict: Verdict | undefined;
  readonly recovered: readonly Recovered[];
  readonly deaths: ReadonlyMap<string, number>;
  /** How often each thing was seen that shows that a fault bit. */
  readonly seen: ReadonlyMap<string, number>;
  readonly done: ReadonlyMap<string, number>;
  readonly events: number;
  readonly checks: number;
}

export const NOT_AT_REST = 'not at rest';
const ALWAYS = [...MONEY_INVARIANTS, ...STREAM_INVARIANTS];
const CHECK_MS = 10_000;
const COUNTERS =
  /^amends_(fence_rejections|stream_rebalances|stream_consumer_rebuilds|batches_redone|limits_hit|payouts|messages|quarantined_events|timers_fired)_?\w*(\{| )/;

/** One part: a world, faults in it, and the reckoning. */
export class Campaign {
  private readonly deaths = new Map<string, number>();
  private readonly done = new Map<string, number>();
  private readonly faults: string[] = [];
  private readonly stream: Journal<StreamLine>;
  private checks = 0;
  private world!: World;
  private witness!: Witness;
  private generator!: Generator;
  private recovery!: Recovery;
  private meter!: Meter;

  constructor(private readonly options: CampaignOptions) {
    this.stream = new Journal(join(options.folder, 'stream.jsonl'));
  }

  async run(): Promise<Outcome> {
    const { seconds, scripts, log } = this.options;
    try {
      await this.open();
      log('the world is there');
      const untilMs = performance.now() + seconds * 1_000;
      const scenes = this.scenes(untilMs);
      this.recovery.start();
      this.meter.start();
      this.generator.start(seconds * 1_000);
      const checking = this.keepChecking();
      await Promise.all(scripts.map((script, index) => script(scenes[index]!)));
      const leftMs = Math.max(0, untilMs - performance.now());
      await new Promise((resume) => setTimeout(resume, leftMs));
      checking.stop();
      await checking.ended;
      const isEnough = this.options.stopsAtFault === true && (await this.hasFault());
      return await this.outcome(isEnough ? undefined : await this.reckon());
    } finally {
      await this.close();
    }
  }

  private async open(): Promise<void> {
    const { seed, folder, dist, damage = [] } = this.options;
    this.witness = new Witness(
      () => this.world.pool,
      (customer) => this.refunds(customer),
    );
    this.world = await World.start({
      folder,
      seed,
      ...(dist !== undefined && { dist }),
      onDeath: (death) => {
        this.died(death);
      },
      onFirstRequest: (key) => this.witness.onFirstRequest(key),
      onMail: (mail) => {
        this.witness.onMail(mail);
      },
    });
    await setUp(this.world.apiUrl, this.world.pool);
    for (const statement of damage) await this.world.pool.query(statement);
    this.generator = new Generator({
      ...this.options,
      kafka: this.world.kafka,
      apiUrl: () => this.world.apiUrl,
      journal: this.stream,
    });
    this.recovery = new Recovery(this.world.pool, () => this.generator.ends);
    this.meter = new Meter(this.world.members, COUNTERS);
  }

  /** Whether a customer who is owed a refund has it; undefined for all others. */
  private refunds(customer: string): boolean | undefined {
    const isRefund = this.refundees.has(customer);
    return isRefund ? this.world.outside.payouts.hasPaid(customer) : undefined;
  }

  private get refundees(): ReadonlySet<string> {
    const lines = this.stream.lines;
    for (; this.looked < lines.length; this.looked += 1) {
      const line = lines[this.looked]!;
      if (line.kind === 'planned' && line.planned.rule === 'damaged') {
        this.refunded.add(line.planned.customer);
      }
    }
    return this.refunded;
  }

  private looked = 0;
  private readonly refunded = new Set<string>();

  private died(death: Death): void {
    const { how, member } = death;
    const name = how === 'kill' ? `kill ${member.role}` : how;
    this.deaths.set(name, (this.deaths.get(name) ?? 0) + 1);
    this.options.log(`${member.name} is dead: ${how}`);
    if (how !== 'exit') this.recovery.died(death);
  }

  /** One for each script, so that the choices of one do not depend on the pace of another. */
  private scenes(untilMs: number): Scene[] {
    const { world, recovery, witness, done } = this;
    const { log, seed, scripts } = this.options;
    return scripts.map((_, index) => ({
      world,
      recovery,
      witness,
      done,
      untilMs,
      log,
      random: new Random(seed * 31 + index),
    }));
  }

  /** What must hold at any time, looked at while things break. */
  private keepChecking() {
    let isOn = true;
    const loop = async (): Promise<void> => {
      while (isOn) {
        await new Promise((resume) => setTimeout(resume, CHECK_MS));
        await this.check(false, ALWAYS).catch(() => undefined);
      }
    };
    return { stop: () => (isOn = false), ended: loop() };
  }

  private async check(atRest: boolean, invariants: typeof ALWAYS): Promise<void> {
    const found = await findViolations(this.world.databaseUrl, { atRest, invariants });
    this.checks += 1;
    for (const { id, says, rows } of found) {
      this.faults.push(`${id} (${says}): ${rows.slice(0, 3).join(' ')}`);
    }
  }

  private async hasFault(): Promise<boolean> {
    heal(this.world);
    await this.check(false, ALWAYS).catch(() => undefined);
    return this.faults.length + this.witness.faults.length > 0;
  }

  private async reckon(): Promise<Verdict> {
    const { world, options } = this;
    options.log(`no more faults; ${this.generator.waiting}`);
    heal(world);
    world.disarm();
    world.outside.payouts.calm();
    world.outside.mail.calm();
    await this.generator.end();
    options.log('everything has been sent');
    const left = await untilAtRest(world.kafka, world.pool, options.restMs);
    if (left !== undefined) {
      this.faults.push(`${NOT_AT_REST}: ${left}`);
      await diagnose(world).catch(() => undefined);
    }
    options.log(left ?? 'at rest');
    await this.meter.close();
    await this.recovery.close();
    for (const name of this.recovery.open) this.faults.push(`${name} did not come back`);
    const journals = {
      stream: this.stream.read(),
      movements: world.outside.movements.read(),
      mails: world.outside.mails.read(),
    };
    await loadJournals(world.pool, journals);
    await this.check(true, [...ALWAYS, ...JOURNAL_INVARIANTS]);
    const unsure = new Set(
      journals.stream.flatMap((line) => (line.kind === 'unsure' ? line.customers : [])),
    );
    const verdict = compare({
      ...journals,
      planned: plannedOf(journals.stream),
      unsure,
      books: await readBooks(world.pool),
      told: await readTold(world.kafka),
    });
    this.faults.push(...verdict.faults);
    return verdict;
  }

  private async outcome(verdict: Verdict | undefined): Promise<Outcome> {
    const { generator, recovery, deaths, done, checks } = this;
    return {
      faults: [...this.faults, ...this.witness.faults],
      verdict,
      recovered: recovery.times,
      deaths,
      done,
      seen: await this.seen(verdict),
      events: generator.counts.events,
      checks,
    };
  }

  private async seen(verdict: Verdict | undefined): Promise<Map<string, number>> {
    const { world, generator, meter, witness } = this;
    const proxies = (name: 'cut' | 'commitsCut' | 'delayed' | 'swallowed' | 'lost') =>
      world.proxies.reduce((sum, { counts }) => sum + counts[name], 0);
    const { rows } = await world.pool.query<Record<string, number>>(
      `select (select count(*) from payment_attempt where sends > 1)::int as resent,
         (select count(*) from message where sends > 1)::int as told_again,
         (select count(*) from incident where state = 'skipped')::int as skipped`,
    );
    const kept = await readHistory(world.pool);
    const distinct = new Set(kept.map(({ event }) => JSON.stringify([event.source, event.id])));
    const { payouts, mail } = world.outside;
    return new Map(
      Object.entries({
        'fences refused': meter.sum(/^amends_fence_rejections/),
        rebalances: meter.sum(/^amends_stream_rebalances/),
        'consumers rebuilt': meter.sum(/^amends_stream_consumer_rebuilds/),
        'batches redone (stale state)': meter.sum(/^amends_batches_redone.*stale_state/),
        'batches redone (rules)': meter.sum(/^amends_batches_redone.*rules/),
        'connections cut': proxies('cut'),
        'connections lost to a death': proxies('lost'),
        'commits cut': proxies('commitsCut'),
        'pieces delayed': proxies('delayed'),
        'connections silenced': proxies('swallowed'),
        'events sent again': generator.counts.duplicates,
        'events read again': kept.length - distinct.size,
        'requests refused to the generator': generator.counts.refused,
        'events set aside': verdict?.quarantined ?? 0,
        'payouts sent again': rows[0]?.['resent'] ?? 0,
        'payouts replayed': payouts.counts.replayed,
        'paid, then 500': payouts.counts['pay-then-500'],
        'paid, then silence': payouts.counts['pay-then-hang'] + payouts.counts['pay-then-cut'],
        'paid slowly': payouts.counts['pay-slowly'],
        'attempts seen before the first byte': witness.counts.attemptsSeen,
        'mails taken, then cut': mail.counts['take-then-hang-up'],
        'messages sent again': rows[0]?.['told_again'] ?? 0,
        'mails that came again': verdict?.mailsRepeated ?? 0,
        'payouts and messages held': verdict?.held ?? 0,
        'stops in force': witness.counts.stops,
        'payouts refused by a limit or budget': rows[0]?.['skipped'] ?? 0,
      }),
    );
  }

  private async close(): Promise<void> {
    await (this.generator as Generator | undefined)?.end();
    await (this.recovery as Recovery | undefined)?.close();
    await (this.meter as Meter | undefined)?.close();
    await this.stream.close();
    await (this.world as World | undefined)?.close();
  }
}
