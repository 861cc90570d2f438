const CUSTOMERS = 20_000;
const DUE_MS = 10_000;
const ON_TIME_MS = 8_000;
const LATE_MS = 16_000;

/** An order is to be delivered by the promised moment, one second's grace given. */
export const RULE = {
  kind: 'Rule',
  id: 'bench-promise',
  title: 'Not delivered by the promised moment',
  detect: {
    type: 'deadline',
    start: 'delivery.promised',
    expect: 'delivery.delivered',
    by: 'data.order_id',
    due: 'data.promised_by',
    allow_late: '1s',
  },
  pay: { as: 'nothing' },
};

/**
 * Orders promised for ten seconds later: most are delivered after eight, of a hundred four after sixteen
 * and three never. What was delivered counts by its own event's time, so the right answer is known.
 */
export class PromisedOrders {
  lastDueMs = 0;
  #count = 0;
  /** Promised and not delivered: when each is due. */
  #open = new Map();
  #onTime = [];
  #late = [];
  #breached = new Set();
  #kept = [];

  /** The next event, at this instant: a delivery whose time has come, else a new promise. */
  next(atMs) {
    for (const queue of [this.#late, this.#onTime]) {
      if (queue.length > 0 && queue[0].atMs <= atMs) return this.#deliver(queue.shift().id, atMs);
    }
    return this.#promise(atMs);
  }

  /** How many were delivered in time since then, and are due by now. */
  keptAndDue(sinceMs, nowMs) {
    return this.#kept.filter(({ atMs, dueMs }) => atMs >= sinceMs && dueMs <= nowMs).length;
  }

  /** The orders that are late or never came, once no more is delivered. */
  breached() {
    return new Set([...this.#breached, ...this.#open.keys()]);
  }

  #promise(atMs) {
    const number = (this.#count += 1);
    const id = `o${number}`;
    const dueMs = atMs + DUE_MS;
    this.lastDueMs = dueMs;
    this.#open.set(id, dueMs);
    const kind = number % 100;
    if (kind < 4) this.#late.push({ id, atMs: atMs + LATE_MS });
    else if (kind < 97) this.#onTime.push({ id, atMs: atMs + ON_TIME_MS });
    return promise(id, number, atMs, dueMs);
  }

  #deliver(id, atMs) {
    const dueMs = this.#open.get(id);
    this.#open.delete(id);
    if (atMs > dueMs) this.#breached.add(id);
    else this.#kept.push({ atMs, dueMs });
    return eventOf('delivery.delivered', id, Number(id.slice(1)), atMs, { order_id: id });
  }
}

/** An order is promised at this instant for that one. */
export function promise(orderId, number, atMs, dueMs) {
  const data = { order_id: orderId, promised_by: new Date(dueMs).toISOString() };
  return eventOf('delivery.promised', orderId, number, atMs, data);
}

function eventOf(type, orderId, number, atMs, data) {
  return {
    specversion: '1.0',
    id: `${type}-${orderId}`,
    source: '/bench',
    type,
    time: new Date(atMs).toISOString(),
    subject: `order/${orderId}`,
    customerid: `c${number % CUSTOMERS}`,
    data,
  };
}
