import { randomUUID } from 'node:crypto';
import { noProbe, type StepProbe } from '@amends/application';
import { StreamMembers } from '@amends/persistence';
import type { Pool } from 'pg';
import type { KafkaSecurity } from '../kafka/kafka-security';
import { OutboxPublisher } from './outbox-publisher';
import {
  hasOutboxRows,
  OUTBOX_SHARDS,
  releaseOutbox,
  removeOutboxRows,
  takeOutboxRows,
  type OutboxRow,
} from './outbox-table';
import { SendPause } from './send-pause';
import { toCloudEvent, type OutgoingEvent } from './to-cloud-event';

export interface OutboxRelayOptions {
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity;
  readonly pool: Pool;
  readonly onRelayed?: (topic: string, count: number) => void;
  readonly onLog?: (level: 'warn' | 'error', message: string) => void;
  readonly probe?: StepProbe;
  /** For how long a shard is ours from each turn on; who dies is replaced after it. */
  readonly leaseMs?: number;
}

const LEASE_MS = 3_000;
const HEARTBEAT_MS = 1_000;
const ROWS_MAX = 500;
/** Below the megabyte that a broker takes as one batch. */
const SEND_BYTES_MAX = 400_000;

/**
 * Takes what the outbox holds to Kafka, at least once and in the order of each customer (ADR 7). Relays
 * share the shards out among themselves; a shard has one at a time. Call `turn` again and again, never
 * two at once.
 */
export class OutboxRelay {
  private readonly me = randomUUID();
  private readonly members: StreamMembers;
  private readonly publisher: OutboxPublisher;
  private readonly leaseMs: number;
  private shards: readonly number[] = [];
  private heartbeatAtMs = 0;
  private readonly pause = new SendPause();

  constructor(private readonly options: OutboxRelayOptions) {
    const { brokers, security = {}, pool, onLog, leaseMs = LEASE_MS } = options;
    this.leaseMs = leaseMs;
    this.members = new StreamMembers(pool, 'outbox', this.me, leaseMs);
    this.publisher = new OutboxPublisher({
      brokers,
      security,
      clientId: 'amends-outbox',
      ...(onLog !== undefined && { onLog }),
    });
  }

  /** Relays what waits, some of it; answers whether there may be more. Rejects when Kafka refuses. */
  async turn(): Promise<boolean> {
    await this.share();
    if (!this.pause.isOver) return false;
    const { pool } = this.options;
    if (!(await hasOutboxRows(pool, this.shards))) return false;
    const takenAtMs = performance.now();
    const rows = await takeOutboxRows(pool, {
      owner: this.me,
      shards: this.shards,
      leaseMs: this.leaseMs,
      rowsMax: Math.ceil(ROWS_MAX / Math.max(1, this.shards.length)),
    });
    for (const part of inSends(rows)) {
      // Whoever has taken over meanwhile sends it: a second time would change nothing but the traffic.
      if (performance.now() - takenAtMs > this.leaseMs) return true;
      await this.relay(part);
    }
    return rows.length > 0;
  }

  /** Ends in order: whoever is left takes over at once. The turn that runs must have ended. */
  async stop(): Promise<void> {
    await this.publisher.close();
    await releaseOutbox(this.options.pool, this.me);
    await this.members.leave();
  }

  private async relay(part: readonly Sendable[]): Promise<void> {
    const { pool, onRelayed, probe = noProbe } = this.options;
    probe('outbox.before-publish');
    try {
      await this.publisher.send(part.map(({ event }) => event));
    } catch (error) {
      this.pause.refused();
      throw error;
    }
    this.pause.taken();
    probe('outbox.after-publish');
    await removeOutboxRows(
      pool,
      part.map(({ row }) => row),
    );
    const counts = new Map<string, number>();
    for (const { row } of part) counts.set(row.topic, (counts.get(row.topic) ?? 0) + 1);
    for (const [topic, count] of counts) onRelayed?.(topic, count);
  }

  /** Which shards are ours: the living relays, sorted by name, take turns. */
  private async share(): Promise<void> {
    if (performance.now() < this.heartbeatAtMs) return;
    const living = new Set([...(await this.members.heartbeat()), this.me]);
    this.heartbeatAtMs = performance.now() + Math.min(HEARTBEAT_MS, this.leaseMs / 3);
    const sorted = [...living].sort();
    const mine = sorted.indexOf(this.me);
    this.shards = OUTBOX_SHARDS.filter((shard) => shard % sorted.length === mine);
  }
}

interface Sendable {
  readonly row: OutboxRow;
  readonly event: OutgoingEvent;
}

/** Rows as they are sent together; their order stays. */
function inSends(rows: readonly OutboxRow[]): Sendable[][] {
  const sends: Sendable[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const event = toCloudEvent(row);
    const size = Buffer.byteLength(event.value);
    if (bytes + size > SEND_BYTES_MAX) {
      sends.push([]);
      bytes = 0;
    }
    bytes += size;
    sends.at(-1)?.push({ row, event });
  }
  return sends;
}
