import type { EventInput } from './detector-fixture';

const MINUTE_MS = 60_000;

/** A delivery so many minutes after what was promised. */
export function delivered(order: string, atMs: number, lateMin: number): EventInput {
  return {
    type: 'delivery.delivered',
    at: atMs,
    id: `delivered-${order}`,
    customer: `customer-${order}`,
    data: {
      order_id: order,
      promised_at: new Date(atMs - lateMin * MINUTE_MS).toISOString(),
      delivered_at: new Date(atMs).toISOString(),
    },
  };
}

/** A promise to deliver until `dueMs`. */
export function promised(order: string, atMs: number, dueMs: number): EventInput {
  return {
    type: 'delivery.promised',
    at: atMs,
    id: `promised-${order}`,
    customer: `customer-${order}`,
    data: { order_id: order, promised_at: new Date(dueMs).toISOString() },
  };
}

export function cancelled(order: string, atMs: number): EventInput {
  const data = { order_id: order };
  return { type: 'delivery.cancelled', at: atMs, id: `cancelled-${order}`, data };
}

export function failed(customer: string, atMs: number, id?: string): EventInput {
  return { type: 'quality.failed', at: atMs, customer, ...(id !== undefined && { id }) };
}
