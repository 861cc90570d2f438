import { decodeStored, type EventSink, type IncomingEvent } from '@amends/application';
import { eventBodyDigest } from '@amends/contracts';
import { inTransaction } from '@amends/persistence';
import type { Pool } from 'pg';
import { SendPause } from '../outbox/send-pause';
import { cloudEventText } from '../outbox/to-cloud-event';
import {
  hasOwnEvents,
  lockOwnEvents,
  readOwnEvents,
  removeOwnEvents,
  stampOwnEvents,
  type OwnEventRow,
} from './own-event-table';

export interface OwnEventFeedOptions {
  /** Holds one connection while the sink uses one of its own. */
  readonly pool: Pool;
  /** The door of the stream, the log's or Kafka's: what it knows already it does not take again. */
  readonly sink: EventSink;
  readonly clock: 'wall' | 'stream';
  /** What the sink uses, closed with the feed. */
  readonly close?: () => Promise<void>;
  /** One that could not be told: nothing behind it waits. */
  readonly onDropped?: (eventId: string, why: string) => void;
}

const ROWS_MAX = 500;

/**
 * Takes what rules watch of our own doing into the stream, where it is an event as any other: in order, and once by
 * its (source, id) (ADR 12). Call `turn` again and again, never two at once.
 */
export class OwnEventFeed {
  private readonly pause = new SendPause();

  constructor(private readonly options: OwnEventFeedOptions) {}

  /** Tells some of what waits; answers whether there may be more. Rejects when the stream does not take it. */
  async turn(): Promise<boolean> {
    const { pool, clock } = this.options;
    if (!this.pause.isOver || !(await hasOwnEvents(pool))) return false;
    if (clock === 'stream') await stampOwnEvents(pool);
    try {
      const isMore = await inTransaction(pool, async (client) => {
        if (!(await lockOwnEvents(client))) return false;
        const rows = await readOwnEvents(client, ROWS_MAX);
        await this.tell(rows);
        await removeOwnEvents(client, rows);
        return rows.length === ROWS_MAX;
      });
      this.pause.taken();
      return isMore;
    } catch (error) {
      this.pause.refused();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.options.close?.();
  }

  /** A crash after it and before the rows are gone tells them again, under the same ids: the door knows them. */
  private async tell(rows: readonly OwnEventRow[]): Promise<void> {
    const { sink, onDropped } = this.options;
    const events = rows.flatMap((row) => {
      const incoming = incomingOf(row);
      if (incoming === undefined) onDropped?.(row.eventId, 'it is no event');
      return incoming === undefined ? [] : [incoming];
    });
    if (events.length === 0) return;
    const verdicts = await sink.append(events, { history: false });
    events.forEach(({ event }, index) => {
      // Somebody has sent another event under our source and this id.
      if (verdicts[index] === 'quarantined') onDropped?.(event.id, 'its id was taken');
    });
  }
}

function incomingOf(row: OwnEventRow): IncomingEvent | undefined {
  const body = cloudEventText(row);
  const decoded = decodeStored({ value: body });
  if (!decoded.ok) return undefined;
  const { event } = decoded;
  return { event, body, bodyHash: eventBodyDigest(event) };
}
