import {
  decisionShard,
  DecideShard,
  DECISION_SHARDS,
  DrainHolds,
  MessageChannels,
  PayDue,
  PayoutProviders,
  Remedy,
  RemedyObserver,
  SendDue,
  Wake,
  type MessageChannel,
  type PayoutProvider,
  seqsOf,
} from '@amends/application';
import { LiquidMessageRenderer } from '@amends/channels';
import type { JsonObject, RuleDocument } from '@amends/domain';
import { appendHistory, PgDatabase, PgHistory, Pools } from '@amends/persistence';
import { REMEDY_ROLES } from '../src/remedy.module';
import { seedIncident, type IncidentSpec } from './seed-incident';

export { creditRule, person } from './fixtures';

export interface WorldOptions {
  readonly url: string;
  readonly providers?: readonly PayoutProvider[];
  readonly channels?: readonly MessageChannel[];
  readonly observer?: RemedyObserver;
  readonly clock?: 'wall' | 'stream';
  readonly outbox?: boolean;
  readonly poolSize?: number;
}

/** Remedy over a real database, driven step by step: no loops, no waiting. */
export class RemedyWorld {
  private nextOffset = 0n;

  private constructor(
    /** As the owner, for what people do; those have specs of their own in the api. */
    readonly remedy: Remedy,
    /** In the role of the real thing. */
    private readonly worker: Remedy,
    readonly database: PgDatabase,
    private readonly pools: Pools,
    private readonly channels: MessageChannels,
  ) {}

  static async open(options: WorldOptions): Promise<RemedyWorld> {
    const pools = await Pools.open({
      url: options.url,
      sizes: { remedy: options.poolSize ?? 20, spec: options.poolSize ?? 20 },
      as: REMEDY_ROLES,
      outbox: options.outbox ?? false,
    });
    const database = new PgDatabase(pools.get('spec'));
    const shared = {
      history: new PgHistory(),
      observer: options.observer ?? new RemedyObserver(),
      providers: new PayoutProviders(options.providers ?? []),
      wake: new Wake(),
      clock: options.clock ?? 'wall',
      topicsOf: (type: string) => [`${type.split('.')[0] ?? 'other'}.events`],
    };
    const remedy = new Remedy({ ...shared, database });
    const worker = new Remedy({ ...shared, database: new PgDatabase(pools.get('remedy')) });
    const channels = new MessageChannels(options.channels ?? []);
    return new RemedyWorld(remedy, worker, database, pools, channels);
  }

  close(): Promise<void> {
    return this.pools.close();
  }

  /** Saves a version of a rule and makes it live for everybody, unless told otherwise. */
  async rule(
    document: RuleDocument,
    {
      version = 1,
      percent = 100,
      lane = 0,
    }: { version?: number; percent?: number; lane?: 0 | 1 } = {},
  ): Promise<void> {
    const { id } = document;
    await this.database.query(
      `insert into rule (id, latest_version) values ($1, $2)
       on conflict (id) do update set latest_version = excluded.latest_version`,
      [id, version],
    );
    await this.database.query(
      `insert into rule_version (rule_id, version, document, document_hash, title, labels, author)
       values ($1, $2, $3, 'hash', $4, $5, 'tester')`,
      [
        id,
        version,
        JSON.stringify(document),
        document.title,
        JSON.stringify(document.labels ?? {}),
      ],
    );
    await this.database.query(
      lane === 0
        ? `insert into rule_rollout (rule_id, live_version, live_percent) values ($1, $2, $3)
           on conflict (rule_id) do update set live_version = $2, live_percent = $3`
        : `insert into rule_rollout (rule_id, shadow_version) values ($1, $2)
           on conflict (rule_id) do update set shadow_version = $2, note = $3::int::text`,
      [id, version, percent],
    );
    await this.database.query(
      `insert into rule_run (rule_id, lane, version) values ($1, $2, $3) on conflict do nothing`,
      [id, lane, version],
    );
    await this.database.query('update rule_set set generation = generation + 1');
  }

  /** Writes an incident and its decision; a further unit of one that is there adds a decision. */
  incident(spec: IncidentSpec): Promise<string> {
    return seedIncident(this.database, spec);
  }

  /** What the detector does when it learns that there was no failure. */
  async refute(incidentId: string): Promise<void> {
    await this.database.query(
      `with refuted as (
         update incident set refuted_at = now(), closed_at = coalesce(closed_at, now())
         where id = $1 returning customer_id, event_time)
       insert into decision_queue (incident_id, kind, at, clock, shard, customer_id)
       select $1, 'refute', event_time, now(), $2, customer_id from refuted`,
      [incidentId, await this.shardOf(incidentId)],
    );
  }

  /** An event that skip_if may find, with the key it is looked up by. */
  async history(event: {
    readonly type: string;
    readonly time: string;
    readonly path: string;
    readonly hash: Buffer;
    readonly body?: JsonObject;
  }): Promise<number> {
    const { time, type, path, hash } = event;
    const pool = this.pools.get('spec');
    const offset = this.nextOffset;
    this.nextOffset += 1n;
    const body = JSON.stringify({ source: '/test', id: `h-${String(offset)}`, ...event.body });
    const place = { topic: 't', partition: 0, offset, imported: false };
    const whose = { subject: null, customerId: null, keys: [] };
    const kept = { timeMs: Date.parse(time), type, body, ...place, ...whose };
    const [seq] = seqsOf(await appendHistory(pool, [kept]));
    await this.database.query(
      `insert into history_key (type, path, value_hash, time, seq) values ($1, $2, $3, $4, $5)`,
      [type, path, hash, time, seq],
    );
    return Number(seq);
  }

  async topicRead(topic: string, through: string): Promise<void> {
    await this.database.query(
      `insert into topic_clock (topic, read_through) values ($1, $2)
       on conflict (topic) do update set read_through = excluded.read_through`,
      [topic, through],
    );
  }

  async customer(
    id: string,
    file: {
      email?: string;
      locale?: string;
      name?: string;
      currency?: string;
      blocked?: boolean;
      tags?: readonly string[];
    },
  ): Promise<void> {
    await this.database.query(
      `insert into customer (id, email, locale, name, currency, blocked, tags)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        file.email ?? null,
        file.locale ?? null,
        file.name ?? null,
        file.currency ?? null,
        file.blocked ?? false,
        file.tags ?? [],
      ],
    );
  }

  async template(id: string, document: JsonObject): Promise<void> {
    await this.database.query('insert into template (id, latest_version) values ($1, 1)', [id]);
    await this.database.query(
      `insert into template_version (template_id, version, document, author)
       values ($1, 1, $2, 'tester')`,
      [id, JSON.stringify(document)],
    );
  }

  async budget(
    currency: string,
    limitMinor: number,
    {
      period = 'ever',
      onExhausted = 'review',
      brand = '',
    }: { period?: string; onExhausted?: string; brand?: string } = {},
  ): Promise<void> {
    const id = ['budget', ...(brand === '' ? [] : [brand]), currency.toLowerCase()].join('-');
    await this.database.query(
      `insert into budget (id, brand, currency, period, limit_minor, on_exhausted)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, brand, currency, period, limitMinor, onExhausted],
    );
  }

  async settings(document: JsonObject): Promise<void> {
    await this.database.query('update settings set document = $1', [JSON.stringify(document)]);
  }

  /** Decides everything that can be decided now. Returns how many rows were taken. */
  async decide(): Promise<number> {
    let total = 0;
    for (let taken = -1; taken !== 0;) {
      taken = await this.decideOnce();
      total += taken;
    }
    return total;
  }

  /** One turn of every shard: what fails is not tried again, however long the turn takes. */
  async decideOnce(): Promise<number> {
    const decide = new DecideShard(this.worker);
    let taken = 0;
    for (let shard = 0; shard < DECISION_SHARDS; shard += 1) taken += await decide.execute(shard);
    return taken;
  }

  /** Why decisions were put off, for a spec that wonders. */
  async lastErrors(): Promise<string[]> {
    const rows = await this.rows<{ last_error: string }>(
      'select last_error from decision_queue where last_error is not null',
    );
    return rows.map((row) => row.last_error);
  }

  /** One look of the payer. */
  pay(): Promise<number> {
    return new PayDue(this.worker).execute();
  }

  /** Makes whatever waits for a later try due now. */
  async hurry(): Promise<void> {
    await this.database.query(
      `update compensation set next_attempt_at = now()
       where state in ('reserved', 'sending', 'unknown') and next_attempt_at is not null`,
    );
    await this.database.query(
      `update payment_attempt set send_lease_until = now() where send_lease_until is not null`,
    );
    await this.database.query(`update message set not_before = now() where state = 'queued'`);
    await this.database.query(
      `update message set not_before = now(), lease_until = now() - interval '1 second'
       where state = 'sending'`,
    );
    await this.database.query('update decision_queue set not_before = now()');
  }

  /** Sends everything that is due. */
  async send(): Promise<number> {
    const sender = new SendDue(this.worker, this.channels, new LiquidMessageRenderer());
    let total = 0;
    for (;;) {
      const sent = await sender.execute();
      if (sent === 0) return total;
      total += sent;
    }
  }

  drainHolds(): Promise<number> {
    return new DrainHolds(this.worker).execute();
  }

  async rows<R extends object>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return (await this.database.query<R>(text, values)).rows;
  }

  async row<R extends object>(text: string, values: readonly unknown[] = []): Promise<R> {
    const [row] = await this.rows<R>(text, values);
    if (!row) throw new Error(`no row: ${text}`);
    return row;
  }

  async incidentState(id: string): Promise<string> {
    return (await this.row<{ state: string }>('select state from incident where id = $1', [id]))
      .state;
  }

  async why(id: string): Promise<JsonObject[]> {
    return (await this.row<{ why: JsonObject[] }>('select why from incident where id = $1', [id]))
      .why;
  }

  /** The compensations of an incident, or all. */
  async compensations(incidentId?: string) {
    return this.rows<{
      id: string;
      state: string;
      amount_minor: bigint;
      currency: string;
      kind: string;
      held_by: string | null;
      voucher_code: string | null;
      provider_ref: string | null;
      failure: string | null;
      unit: number;
    }>(
      `select * from compensation where $1::text is null or incident_id = $1 order by created_at, id`,
      [incidentId ?? null],
    );
  }

  async balance(customer: string, currency: string): Promise<bigint> {
    const [row] = await this.rows<{ balance_minor: bigint }>(
      'select balance_minor from wallet_balance where customer_id = $1 and currency = $2',
      [customer, currency],
    );
    return row?.balance_minor ?? 0n;
  }

  private async shardOf(incidentId: string): Promise<number> {
    const { customer_id: customer } = await this.row<{ customer_id: string }>(
      'select customer_id from incident where id = $1',
      [incidentId],
    );
    return decisionShard(customer);
  }
}
