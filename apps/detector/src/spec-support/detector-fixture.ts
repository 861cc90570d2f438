import { createHash, randomUUID } from 'node:crypto';
import {
  decodeStored,
  noProbe,
  Topics,
  Wake,
  type AppendVerdict,
  type DetectorObserver,
  type IncomingEvent,
  type StepProbe,
} from '@amends/application';
import { parseInstant, type JsonObject } from '@amends/domain';
import { LogEventSink, LogEventSource } from '@amends/messaging';
import { PgPositionStore, Pools } from '@amends/persistence';
import { readHistory, waitFor, type KeptEvent } from '@amends/testing';
import type { Pool } from 'pg';
import { Detector } from '../detector';
import { DETECTOR_ROLES } from '../detector.module';

export interface FixtureOptions {
  readonly clock?: 'wall' | 'stream';
  readonly observer?: DetectorObserver;
  readonly probe?: StepProbe;
  readonly batchMax?: number;
  readonly chunkMs?: number;
  /** Does not start the detector. */
  readonly idle?: boolean;
}

export interface EventInput {
  readonly type: string;
  readonly at: string | number;
  readonly id?: string;
  readonly customer?: string;
  readonly data?: JsonObject;
}

/** A detector over the log, with the sink that feeds it. */
export class DetectorFixture {
  private static readonly opened = new Set<DetectorFixture>();

  /** For `afterEach` or `afterAll`: what a failing test left open would keep Jest alive. */
  static async closeAll(): Promise<void> {
    await Promise.all([...DetectorFixture.opened].map((fixture) => fixture.close()));
  }

  private constructor(
    readonly pools: Pools,
    readonly detector: Detector,
    readonly source: LogEventSource,
    readonly sink: LogEventSink,
    readonly topics: Topics,
    private readonly errors: unknown[],
  ) {}

  static async open(url: string, options: FixtureOptions = {}): Promise<DetectorFixture> {
    const sizes = { detector: 4, timers: 4, ingest: 4 };
    const pools = await Pools.open({ url, sizes, as: DETECTOR_ROLES });
    const { clock = 'wall', probe = noProbe, observer = {} } = options;
    const errors: unknown[] = [];
    const topics = clock === 'stream' ? Topics.single() : Topics.routed({ current: {}, known: [] });
    const wake = new Wake();
    const source = new LogEventSource({
      pool: pools.get('detector'),
      positions: new PgPositionStore(pools.get('timers')),
      topics,
      wake,
      pollMs: 20,
      ...(options.batchMax !== undefined && { batchMax: options.batchMax }),
      onError: (error) => errors.push(error),
    });
    const detector = new Detector({
      pool: pools.get('detector'),
      timerPool: pools.get('timers'),
      source,
      decode: decodeStored,
      topics,
      clock,
      wake,
      observer: noting(observer, errors),
      probe,
      durable: true,
      fillsCustomers: false,
      chunkMs: options.chunkMs ?? 1_000,
    });
    const sink = new LogEventSink({ pool: pools.get('ingest'), topics, wake, probe });
    const fixture = new DetectorFixture(pools, detector, source, sink, topics, errors);
    DetectorFixture.opened.add(fixture);
    if (options.idle !== true) await fixture.start();
    return fixture;
  }

  get pool(): Pool {
    return this.pools.get('ingest');
  }

  async start(): Promise<void> {
    await this.detector.start();
    await this.source.start(this.detector.handle);
  }

  async close(): Promise<void> {
    if (!DetectorFixture.opened.delete(this)) return;
    await this.source.stop();
    await this.detector.stop();
    await this.pools.close();
    if (this.errors.length > 0) throw new AggregateError(this.errors, 'errors while it ran');
  }

  /** Errors so far; taken out, so that `close` does not complain about them. */
  takeErrors(): unknown[] {
    return this.errors.splice(0);
  }

  send(events: readonly EventInput[], history = false): Promise<AppendVerdict[]> {
    return this.sink.append(events.map(toIncoming), { history });
  }

  /** Waits until everything in the log has been read. */
  async settled(timeoutMs = 20_000): Promise<void> {
    await waitFor(
      async () => {
        const { rows } = await this.pool.query<{ n: number }>(
          `select count(*)::int as n from log_head h left join stream_position p
             on p.topic = h.topic and p.partition = h.partition and p.source = 'log'
           where coalesce(p.next_offset, 0) < h.next_offset`,
        );
        return rows[0]?.n === 0;
      },
      { timeoutMs, what: 'the log to be read' },
    );
  }

  async incidents(): Promise<IncidentSummary[]> {
    const { rows } = await this.pool.query<IncidentSummary>(
      `select rule_id as rule, rule_version as version, key, occurrence, customer_id as customer,
         event_time as at, closed_at as closed, refuted_at as refuted, state
       from incident order by event_time, id`,
    );
    return rows;
  }

  /** All events read so far, in the order of reading. */
  history(): Promise<KeptEvent[]> {
    return readHistory(this.pool);
  }

  async rows<R extends object>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.pool.query<R>(sql, values)).rows;
  }
}

/** Told the same, and keeps errors for the end of the test. */
function noting(observer: DetectorObserver, errors: unknown[]): DetectorObserver {
  return Object.assign(Object.create(observer) as DetectorObserver, {
    onError: (error: unknown) => errors.push(error),
  });
}

export interface IncidentSummary {
  readonly rule: string;
  readonly version: number;
  readonly key: string;
  readonly occurrence: string;
  readonly customer: string;
  readonly at: Date;
  readonly closed: Date | null;
  readonly refuted: Date | null;
  readonly state: string;
}

export function toIncoming({ type, at, id, customer, data }: EventInput): IncomingEvent {
  const time = typeof at === 'number' ? new Date(at).toISOString() : at;
  const eventId = id ?? randomUUID();
  const json: JsonObject = {
    specversion: '1.0',
    source: 'spec',
    id: eventId,
    type,
    time,
    ...(customer !== undefined && { customerid: customer }),
    data: data ?? {},
  };
  const body = JSON.stringify(json);
  return {
    event: {
      source: 'spec',
      id: eventId,
      type,
      timeMs: parseInstant(time) ?? 0,
      customerId: customer,
      json,
    },
    body,
    bodyHash: createHash('sha256').update(body).digest(),
  };
}
