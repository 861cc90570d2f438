import {
  activateHolds,
  checkBooks,
  closePaid,
  DecideShard,
  DECISION_SHARDS,
  DrainHolds,
  escalateApprovals,
  PayDue,
  ReconcileNightly,
  Repeating,
  SendDue,
  watchGuardrails,
  watchPromises,
  type MessageChannels,
  type MessageRenderer,
  type PayoutLane,
  type Remedy,
  type Sql,
  type WakeTopic,
} from '@amends/application';
import type { OutboxRelay, OwnEventFeed } from '@amends/messaging';
import type { Logger, Metrics } from '@amends/platform';
import { AuditKeeper, type AuditKeeping } from './audit-keeper';
import { samplePayouts, sampleRemedy, sampleVoucherCodes } from './sample-remedy';

export interface RemedyWorkersOptions {
  readonly remedy: Remedy;
  readonly channels: MessageChannels;
  readonly renderer: MessageRenderer;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Null without a broker. */
  readonly relay: OutboxRelay | null;
  /** Null where another process tells the rules. */
  readonly ownEvents: OwnEventFeed | null;
  readonly audit: AuditKeeping;
  /** How often providers are reconciled; 0: never by itself. */
  readonly reconcileHours: number;
  /** Shards decided at a time by this process. */
  readonly deciders?: number;
}

const DECIDERS = 4;
/** Other processes cannot wake us, so every loop looks by itself this often. */
const POLL_MS = 250;
const ASK_MS = 1_000;
const STRAYS_MS = 5_000;
const RECONCILE_MS = 60_000;
const UPKEEP_MS = 250;
const OUTBOX_MS = 100;
const SAMPLE_MS = 5_000;
const AUDIT_MS = 1_000;
const WATCH_MS = 15_000;
const BOOKS_MS = 3_600_000;

/** The loops of remedy: deciding, paying, sending, and letting go what is held. */
export class RemedyWorkers {
  private readonly loops: Repeating[] = [];
  private lanes: readonly PayoutLane[] = [];

  constructor(private readonly options: RemedyWorkersOptions) {}

  start(): void {
    if (this.loops.length > 0) return;
    const { remedy, channels, renderer, metrics, reconcileHours } = this.options;
    const { deciders = DECIDERS } = this.options;
    for (let worker = 0; worker < deciders; worker += 1) {
      this.loop('decide', decider(remedy, worker), 'decisions');
    }
    const payer = new PayDue(remedy);
    for (const lane of payer.lanes) {
      this.loop(`pay ${lane.name}`, async () => (await lane.turn()) > 0, 'payouts');
      this.loop(`ask ${lane.name}`, async () => (await lane.ask()) > 0, undefined, ASK_MS);
    }
    if (reconcileHours > 0) {
      const nightly = new ReconcileNightly(remedy, reconcileHours);
      this.loop('reconcile', () => nightly.execute(), undefined, RECONCILE_MS);
    }
    this.loop('strays', () => payer.strays(), undefined, STRAYS_MS);
    this.lanes = payer.lanes;
    const sender = new SendDue(remedy, channels, renderer);
    this.loop('send', async () => (await sender.execute()) > 0, 'messages');
    const holds = new DrainHolds(remedy);
    this.loop('upkeep', () => upkeep(remedy, holds), undefined, UPKEEP_MS);
    this.startTelling();
    const keeper = new AuditKeeper(remedy.database, this.options.audit, metrics);
    this.loop('audit', () => keeper.turn(), undefined, AUDIT_MS);
    const sample = async () => {
      await sampleRemedy(remedy.database, metrics);
      await samplePayouts(remedy.database, metrics);
      await sampleVoucherCodes(remedy.database, metrics);
    };
    this.loop('sample', sample, undefined, SAMPLE_MS);
    this.loop('watch', () => watch(remedy, metrics), undefined, WATCH_MS);
    const books = () => checkBooks(remedy.database, remedy.observer).then(() => false);
    this.loop('books', books, undefined, BOOKS_MS);
  }

  /** Resolves when every loop has ended its turn: nothing is left half done. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
    this.loops.length = 0;
    await Promise.all(this.lanes.map((lane) => lane.settled()));
    await this.options.relay?.stop();
    await this.options.ownEvents?.stop();
  }

  /** What became of it all, to Kafka and to the rules that watch it. */
  private startTelling(): void {
    const { relay, ownEvents } = this.options;
    if (relay !== null) this.loop('outbox', () => relay.turn(), undefined, OUTBOX_MS);
    if (ownEvents !== null) this.loop('own-events', () => ownEvents.turn(), undefined);
  }

  private loop(
    name: string,
    turn: () => Promise<unknown>,
    topic: WakeTopic | undefined,
    everyMs = POLL_MS,
  ): void {
    const { logger, metrics, remedy } = this.options;
    let lastMs = Date.now();
    const loop = new Repeating(turn, {
      everyMs,
      onError: (err) => {
        logger.error('a loop of remedy failed and goes on', { name, err });
      },
      onTurn: () => {
        const nowMs = Date.now();
        metrics.loopSecondsSinceTurn.set({ loop: name }, (nowMs - lastMs) / 1000);
        lastMs = nowMs;
      },
      ...(topic !== undefined && {
        mark: () => remedy.wake.mark(topic),
        wait: (waitMs: number, mark: number) => remedy.wake.wait(topic, waitMs, mark),
      }),
    });
    this.loops.push(loop);
  }
}

/** One decider: looks which shards have work and takes the first that nobody else has. */
function decider(remedy: Remedy, worker: number): () => Promise<boolean> {
  const decide = new DecideShard(remedy);
  let next = worker;
  return async () => {
    const waiting = await shardsWithWork(remedy.database);
    for (let offset = 0; offset < DECISION_SHARDS; offset += 1) {
      const shard = (next + offset) % DECISION_SHARDS;
      if (!waiting.has(shard)) continue;
      if ((await decide.execute(shard)) > 0) {
        // The next turn begins behind it, so that one busy shard does not keep back the others.
        next = (shard + 1) % DECISION_SHARDS;
        return true;
      }
    }
    return false;
  };
}

async function shardsWithWork(sql: Sql): Promise<Set<number>> {
  const { rows } = await sql.query<{ shard: number }>(
    `select s::int as shard from generate_series(0, ${String(DECISION_SHARDS - 1)}) s
     where exists (select 1 from decision_queue q where q.shard = s and q.not_before <= now())`,
  );
  return new Set(rows.map(({ shard }) => shard));
}

/** What nobody asks for, and people have to know. */
async function watch(remedy: Remedy, metrics: Metrics): Promise<boolean> {
  await watchGuardrails(remedy);
  await escalateApprovals(remedy.database);
  for (const [promise, count] of Object.entries(await watchPromises(remedy.database))) {
    metrics.promisesLate.set({ promise }, count);
  }
  return false;
}

async function upkeep(remedy: Remedy, holds: DrainHolds): Promise<boolean> {
  const { database } = remedy;
  await activateHolds(database);
  const drained = await holds.execute();
  const closed = await database.transaction((sql) => closePaid(sql));
  return drained + closed > 0;
}
