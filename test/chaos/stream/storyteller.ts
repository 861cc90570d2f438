import type { Random } from '../random';
import type { RuleId } from '../world/rules';
import type { ChaosEvent, Planned, Sending, Story } from './story';

export interface Weights {
  readonly wait: number;
  readonly damaged: number;
  readonly visit: number;
  readonly promise: number;
  readonly stalls: number;
  readonly gift: number;
  readonly desk: number;
  readonly bytes: number;
  readonly oddText: number;
}

/** Events are late by so much at most: less than any lateness that a rule allows. */
const DISORDER_MS = 2_000;
/** From a promise to its end; what keeps it is sent early in it. */
const PROMISE_MS = 25_000;
const LATE_MS = 5_000;
const DUPLICATES = 0.12;
const BY_REST = 0.25;
const PER_DESK = 6;

/** Tells what happens to customers, each story about a customer of its own, with its end known. */
export class Storyteller {
  private number = 0;
  private noises = 0;
  private desk = 0;
  private atDesk = 0;

  constructor(
    private readonly random: Random,
    private readonly run: string,
    private readonly weights: Weights,
  ) {}

  /** @param promises whether there is time left for a promise to be broken */
  next(nowMs: number, promises: boolean): Story {
    const { promise, ...others } = this.weights;
    const kind = this.random.weighted({ ...others, promise: promises ? promise : 0 });
    this.number += 1;
    const n = String(this.number);
    const teller = {
      wait: () => this.one(nowMs, 'wait', 'support.call.ended', 'call_id', { waited_s: 700 }),
      damaged: () =>
        this.one(nowMs, 'damaged', 'quality.parcel.damaged', 'parcel_id', {
          payment_id: `pay-${n}`,
        }),
      visit: () => this.one(nowMs, 'visit', 'support.visit.missed', 'visit_id'),
      gift: () => this.one(nowMs, 'gift', 'support.gift.asked', 'gift_id'),
      desk: () => this.one(nowMs, 'desk', 'support.desk.failed', 'case_id', this.nextDesk()),
      promise: () => this.promise(nowMs),
      stalls: () => this.stalls(nowMs),
      bytes: () => this.bytes(nowMs),
      oddText: () => this.oddText(nowMs),
    };
    return teller[kind]();
  }

  /** Something that breaks no rule. */
  noise(nowMs: number): Sending {
    this.noises += 1;
    const type = this.random.pick([
      'support.call.ended',
      'quality.playback.ended',
      'delivery.seen',
    ]);
    const data = { call_id: `n${String(this.noises)}`, waited_s: this.random.int(0, 500) };
    const event = this.event(type, `noise${String(this.random.int(1, 1_000))}`, nowMs, data);
    return { atMs: nowMs, event, topic: topicOf(type), via: 'kafka' };
  }

  private one(
    nowMs: number,
    rule: RuleId,
    type: string,
    by: string,
    data: Readonly<Record<string, unknown>> = {},
  ): Story {
    const planned = this.plan(rule, true, data);
    const event = this.event(type, planned.customer, nowMs, {
      ...data,
      [by]: planned.key,
      owed: owedOf(planned),
    });
    return { planned, sendings: this.sent(nowMs, event) };
  }

  private promise(nowMs: number): Story {
    const isBreach = this.random.chance(0.35);
    const planned = this.plan('promise', isBreach);
    const { key, customer } = planned;
    const dueMs = nowMs + PROMISE_MS;
    const promised = this.event('delivery.promised', customer, nowMs, {
      order_id: key,
      promised_by: new Date(dueMs).toISOString(),
      owed: owedOf(planned),
    });
    const sendings = this.sent(nowMs, promised);
    if (isBreach) return { planned, sendings };
    // Never before the promise, by the time that either says.
    const deliveredMs = nowMs + DISORDER_MS + this.random.int(1, 4_000);
    const delivered = this.event('delivery.delivered', customer, deliveredMs, { order_id: key });
    const kept = this.sent(deliveredMs, delivered).map((one) => ({
      ...one,
      keepsUntilMs: dueMs + LATE_MS,
    }));
    return { planned, sendings: [...sendings, ...kept] };
  }

  /** Three failures, or two of which one comes several times. */
  private stalls(nowMs: number): Story {
    const isBreach = this.random.chance(0.5);
    const planned = this.plan('stalls', isBreach);
    const sendings = Array.from({ length: isBreach ? 3 : 2 }).flatMap(() => {
      const event = this.event('quality.playback.failed', planned.customer, nowMs, {
        session_id: planned.key,
        owed: owedOf(planned),
      });
      const once = this.sent(nowMs, event);
      const more = isBreach ? [] : this.again(nowMs, event, this.random.int(1, 2));
      return [...once, ...more];
    });
    return { planned, sendings };
  }

  /** Bytes that nobody can read. */
  private bytes(nowMs: number): Story {
    const planned = this.plan('wait', false, {}, 'malformed_json');
    const event = `{"specversion":"1.0","id":"${planned.key}"`;
    return {
      planned,
      sendings: [{ atMs: nowMs, event, topic: 'support.events', via: 'kafka' }],
    };
  }

  /** An event that no column of the database can hold. */
  private oddText(nowMs: number): Story {
    const planned = this.plan('visit', false, {}, 'bad_text');
    const event = this.event('support.visit.missed', planned.customer, nowMs, {
      visit_id: planned.key,
      owed: owedOf(planned),
      odd: '\u0000',
    });
    return {
      planned,
      sendings: [{ atMs: nowMs, event, topic: 'support.events', via: 'kafka' }],
    };
  }

  private plan(
    rule: RuleId,
    isBreach: boolean,
    data: Readonly<Record<string, unknown>> = {},
    quarantined?: Planned['quarantined'],
  ): Planned {
    const key = `${rule}-${this.run}-${String(this.number)}`;
    const isGift = rule === 'gift';
    const cents = isGift ? 100 : this.random.int(100, 999);
    return {
      rule,
      key,
      customer: `c${String(this.number % 20_000 || 20_000)}`,
      value: (cents / 100).toFixed(2),
      currency: isGift ? 'GBP' : rule === 'damaged' ? 'USD' : 'EUR',
      isBreach,
      ...(typeof data['desk_id'] === 'string' && { desk: data['desk_id'] }),
      ...(typeof data['payment_id'] === 'string' && { payment: data['payment_id'] }),
      ...(quarantined !== undefined && { quarantined }),
    };
  }

  private nextDesk(): { desk_id: string } {
    if (this.atDesk === PER_DESK) {
      this.desk += 1;
      this.atDesk = 0;
    }
    this.atDesk += 1;
    return { desk_id: `desk-${this.run}-${String(this.desk)}` };
  }

  private event(
    type: string,
    customerid: string,
    nowMs: number,
    data: Readonly<Record<string, unknown>>,
  ): ChaosEvent {
    const time = new Date(nowMs - this.random.int(0, DISORDER_MS)).toISOString();
    const id = `${this.run}-${String(this.number)}-${String(this.random.int(0, 2 ** 40))}`;
    return { specversion: '1.0', id, source: '/chaos', type, time, customerid, data };
  }

  /** Once, somewhat out of order, and now and then again. */
  private sent(nowMs: number, event: ChaosEvent): Sending[] {
    const atMs = nowMs + this.random.int(0, DISORDER_MS);
    const via = this.random.chance(BY_REST) ? 'rest' : 'kafka';
    const first: Sending = { atMs, event, topic: topicOf(event.type), via };
    return [first, ...(this.random.chance(DUPLICATES) ? this.again(nowMs, event, 1) : [])];
  }

  private again(nowMs: number, event: ChaosEvent, times: number): Sending[] {
    return Array.from({ length: times }, () => ({
      atMs: nowMs + this.random.int(0, 12_000),
      event,
      topic: topicOf(event.type),
      via: this.random.chance(BY_REST) ? ('rest' as const) : ('kafka' as const),
      isDuplicate: true as const,
    }));
  }
}

function owedOf({ value, currency }: Planned) {
  return { value, currency };
}

function topicOf(type: string): string {
  return `${type.slice(0, type.indexOf('.'))}.events`;
}
