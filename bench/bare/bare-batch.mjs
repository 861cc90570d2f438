import { randomBytes } from 'node:crypto';
import { historySegments } from './history-segment.mjs';
import * as sql from './statements.mjs';

const DAY_MS = 86_400_000;

/** What one transaction reads and writes. */
export class BareBatch {
  #states = new Map();
  #timers = new Map();
  #gone = [];
  #history = [];
  #incidents = [];
  /** Whether W ends here for this partition. */
  isEnd = false;

  constructor(client, topic, partition) {
    this.client = client;
    this.topic = topic;
    this.partition = partition;
  }

  async take(rows) {
    const events = rows.map(({ offset, body }) => {
      const event = JSON.parse(body);
      this.#history.push({ offset, body, event });
      return event;
    });
    await this.#load(
      events
        .filter((event) => event.type === 'delivery.delivered')
        .map((event) => orderKey(event.data.orderId)),
    );
    const bad = events.filter(isBad);
    await this.#load(bad.map((event) => customerKey(event.customerid)));
    for (const event of events) {
      if (event.type === 'delivery.promised') this.#promised(event);
      else if (event.type === 'delivery.delivered') this.#delivered(event);
      else if (event.type === 'clock.tick') this.isEnd = true;
    }
    for (const event of bad) this.#badPlayback(event);
  }

  async fire(keys) {
    await this.#load(keys);
    for (const key of keys) {
      const state = this.#states.get(key);
      this.#found('r2', key, state.event, state.dueMs, state.closedMs);
      this.#states.set(key, { ...state, fired: true });
    }
  }

  async write() {
    const states = [...this.#states].sort(([a], [b]) => (a < b ? -1 : 1));
    await this.#run(sql.PUT_STATES, [
      states.map(([key]) => ruleNo(key)),
      states.map(([key]) => key),
      states.map(([, state]) => JSON.stringify(state)),
    ]);
    const timers = [...this.#timers];
    await this.#run(sql.PUT_TIMERS, [
      timers.map(([key]) => key),
      timers.map(([, dueMs]) => new Date(dueMs)),
    ]);
    await this.#run(sql.DROP_TIMERS, [this.#gone]);
    await this.#run(sql.PUT_INCIDENTS, columns(this.#incidents, INCIDENT));
    const { topic, partition } = this;
    if (this.#history.length === 0) return;
    const history = await historySegments(this.#history, topic, partition);
    await this.#run(sql.PUT_HISTORY, history);
  }

  async #load(keys) {
    const wanted = [...new Set(keys)].filter((key) => !this.#states.has(key)).sort();
    if (wanted.length === 0) return;
    const { rows } = await this.client.query({
      ...sql.GET_STATES,
      values: [ruleNo(wanted[0]), wanted],
    });
    for (const { key, state } of rows) this.#states.set(key, JSON.parse(state));
  }

  #promised(event) {
    const key = orderKey(event.data.orderId);
    const dueMs = Date.parse(event.data.promisedBy);
    this.#states.set(key, { dueMs, startMs: Date.parse(event.time), event });
    this.#timers.set(key, dueMs);
  }

  #delivered(event) {
    const key = orderKey(event.data.orderId);
    const state = this.#states.get(key);
    const atMs = Date.parse(event.time);
    this.#states.set(key, { ...state, closedMs: atMs });
    if (atMs > state.dueMs) return;
    this.#states.set(key, { closedMs: atMs });
    if (!this.#timers.delete(key)) this.#gone.push(key);
  }

  #badPlayback(event) {
    const atMs = Date.parse(event.time);
    this.#found('r1', event.data.sessionId, event, atMs, null);
    const key = customerKey(event.customerid);
    const bad = (this.#states.get(key)?.bad ?? []).filter((one) => atMs - one < DAY_MS);
    bad.push(atMs);
    if (bad.length >= 3) this.#found('r3', key, event, atMs, null);
    this.#states.set(key, { bad: bad.length >= 3 ? [] : bad });
  }

  #found(rule, key, event, atMs, closedMs) {
    this.#incidents.push({ rule, key, event, atMs, closedMs: closedMs ?? null });
  }

  async #run(statement, values) {
    if (values[0].length > 0) await this.client.query({ ...statement, values });
  }
}

const INCIDENT = [
  () => `inc_${randomBytes(13).toString('hex')}`,
  ({ rule }) => rule,
  ({ key }) => JSON.stringify(key),
  ({ rule, event }) => (rule === 'r1' ? '' : `${event.source}|${event.id}`),
  ({ event }) => event.customerid,
  ({ atMs }) => new Date(atMs),
  ({ closedMs }) => (closedMs === null ? null : new Date(closedMs)),
  ({ event }) => JSON.stringify(event),
  ({ event }) => JSON.stringify([`${event.source}|${event.id}`]),
];

function columns(rows, readers) {
  return readers.map((read) => rows.map(read));
}

function isBad(event) {
  return (
    event.type === 'quality.playback.ended' && event.data.rebufferMs > 0.02 * event.data.watchedMs
  );
}

function orderKey(orderId) {
  return orderId;
}

function customerKey(customerId) {
  return customerId;
}

/** W's orders and customers are told apart by their first letter. */
function ruleNo(key) {
  return key.startsWith('o') ? 2 : 3;
}
