// What goes wrong in the demo, and for whom. Every scenario plants faults among things that went
// well, and knows whom they hit: that is the right answer, worked out without the service.
//
// All deadlines lie in the past, so that they are over once the events have been read. Nobody has
// to wait for them, and no rule needs other settings than it ships with.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * One rule, the customers it should find at fault, and what to send; `last` after everything else.
 * @typedef {{ rule: string, atFault: string[], events: object[], last?: object[] }} Scenario
 */

/**
 * @param {string} run makes keys and customers of this run its own
 * @param {number} nowMs
 * @returns {{ customers: any[], scenarios: Scenario[] }}
 */
export function makeScenarios(run, nowMs) {
  const world = new World(run, nowMs);
  return {
    customers: world.customers,
    scenarios: [
      lateDelivery(world),
      silentCase(world),
      forgottenPromise(world),
      phoneWait(world),
      missedAftercare(world),
      deadLine(world),
      stalledEvenings(world),
      stalledFilm(world),
      misquotedPrice(world),
      recall(world),
    ],
  };
}

/** Makes customers and events. */
class World {
  customers = [];
  #events = 0;

  constructor(run, nowMs) {
    this.run = run;
    this.nowMs = nowMs;
  }

  id(name) {
    return `${name}-${this.run}`;
  }

  customer(currency) {
    const number = this.customers.length + 1;
    const id = this.id(`demo-${number}`);
    const chinese = currency === 'CNY';
    this.customers.push({
      id,
      email: `${id}@example.com`,
      name: `${chinese ? '客户' : 'Customer'} ${number}`,
      locale: chinese ? 'zh-CN' : 'en',
      time_zone: chinese ? 'Asia/Shanghai' : 'Europe/London',
      currency,
    });
    return id;
  }

  /** `agoMs` before now. */
  event(type, agoMs, customer, data) {
    this.#events += 1;
    return {
      specversion: '1.0',
      source: '/demo',
      id: `${this.run}-${this.#events}`,
      type,
      time: this.at(agoMs),
      subject: `demo/${this.run}`,
      ...(customer === undefined ? {} : { customerid: customer }),
      data,
    };
  }

  at(agoMs) {
    return new Date(this.nowMs - agoMs).toISOString();
  }
}

function lateDelivery(world) {
  const events = [];
  const atFault = [];
  for (let order = 1; order <= 30; order += 1) {
    const customer = world.customer('USD');
    const order_id = world.id(`order-${order}`);
    const freight = { value: `${2 + (order % 5)}.50`, currency: 'USD' };
    // Every fifth parcel comes late, every tenth not at all.
    const never = order % 10 === 0;
    const late = !never && order % 5 === 0;
    const promised_by = world.at(2 * HOUR);
    events.push(
      world.event('delivery.promised', 2 * DAY, customer, { order_id, promised_by, freight }),
    );
    if (!never) {
      const agoMs = late ? HOUR : 3 * HOUR;
      events.push(world.event('delivery.delivered', agoMs, customer, { order_id }));
    }
    if (never || late) atFault.push(customer);
  }
  return { rule: 'late-delivery', atFault, events };
}

function silentCase(world) {
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 12; number += 1) {
    const currency = number % 2 === 0 ? 'CNY' : 'EUR';
    const customer = world.customer(currency);
    const data = { case_id: world.id(`case-${number}`), currency };
    events.push(world.event('support.case.opened', 30 * HOUR, customer, data));
    if (number % 4 === 0) atFault.push(customer);
    else events.push(world.event('support.case.agent_replied', 20 * HOUR, customer, data));
  }
  return { rule: 'case-silent-24h', atFault, events };
}

function forgottenPromise(world) {
  const promise = (number, dueAgoMs) => {
    const promise_id = world.id(`promise-${number}`);
    return { promise_id, due_at: world.at(dueAgoMs), currency: 'CNY' };
  };
  const events = [];
  const tell = (customer, ...told) =>
    events.push(...told.map(([type, agoMs, data]) => world.event(type, agoMs, customer, data)));
  const [made, moved] = ['support.promise.made', 'support.promise.postponed'];

  const [forgotten, content, putOff] = ['CNY', 'CNY', 'CNY'].map((one) => world.customer(one));
  tell(forgotten, [made, 2 * DAY, promise(1, DAY)]);
  tell(
    content,
    [made, 2 * DAY, promise(2, DAY)],
    ['support.promise.kept', 25 * HOUR, promise(2, DAY)],
  );
  tell(
    putOff,
    [made, 4 * DAY, promise(3, 3 * DAY)],
    [moved, 80 * HOUR, promise(3, 2 * DAY)],
    [moved, 60 * HOUR, promise(3, DAY)],
  );
  return { rule: 'promise-forgotten', atFault: [forgotten, putOff], events };
}

function phoneWait(world) {
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 10; number += 1) {
    const customer = world.customer('GBP');
    const data = { call_id: world.id(`call-${number}`), currency: 'GBP' };
    const queuedAgoMs = HOUR + number * MINUTE;
    const waitedMs = number % 5 === 0 ? 13 * MINUTE : number * 20_000;
    events.push(world.event('support.call.queued', queuedAgoMs, customer, data));
    events.push(world.event('support.call.answered', queuedAgoMs - waitedMs, customer, data));
    if (waitedMs > 10 * MINUTE) atFault.push(customer);
  }
  return { rule: 'phone-wait', atFault, events };
}

function missedAftercare(world) {
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 4; number += 1) {
    const customer = world.customer('EUR');
    const data = { order_id: world.id(`care-${number}`), aftercare: true };
    events.push(world.event('delivery.delivered', 4 * DAY, customer, data));
    if (number === 1) atFault.push(customer);
    else events.push(world.event('support.followup.made', 2 * DAY, customer, data));
  }
  return { rule: 'aftercare-missed', atFault, events };
}

/** On fixed days: Monday to Saturday of a week without a holiday, so that three days are owed. */
function deadLine(world) {
  const customer = world.customer('GBP');
  const lost = { line_id: world.id('line-1'), total_loss: true, cause: 'cable_cut' };
  const on = (event, time) => ({ ...event, time });
  return {
    rule: 'broadband-outage-daily',
    atFault: [customer],
    events: [
      on(world.event('quality.line.lost', 0, customer, lost), '2026-03-02T09:00:00Z'),
      on(world.event('quality.line.restored', 0, customer, lost), '2026-03-07T12:00:00Z'),
    ],
  };
}

function stalledEvenings(world) {
  const session = (customer, agoMs, stalled_ms) =>
    world.event('quality.playback.ended', agoMs, customer, { stalled_ms, currency: 'USD' });
  const patient = world.customer('USD');
  const lucky = world.customer('USD');
  return {
    rule: 'repeated-buffering',
    atFault: [patient],
    events: [
      session(patient, 20 * HOUR, 14_000),
      session(lucky, 20 * HOUR, 14_000),
      session(patient, 10 * HOUR, 31_000),
      session(lucky, 10 * HOUR, 900),
      session(patient, 2 * HOUR, 12_500),
      session(lucky, 2 * HOUR, 15_000),
    ],
  };
}

function stalledFilm(world) {
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 12; number += 1) {
    const stalled_ms = number % 6 === 0 ? 300_000 : number * 1_000;
    const customer = world.customer('USD');
    if (stalled_ms / 4_000_000 >= 0.05) atFault.push(customer);
    events.push(
      world.event('quality.playback.ended', number * MINUTE, customer, {
        order_id: world.id(`film-${number}`),
        payment_id: world.id(`film-payment-${number}`),
        offer: 'rental',
        watched_ms: 4_000_000,
        stalled_ms,
        startup_ms: 1_100,
        fatal_error: false,
        price: { value: '4.99', currency: 'USD' },
      }),
    );
  }
  return { rule: 'vod-poor-playback', atFault, events };
}

function misquotedPrice(world) {
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 6; number += 1) {
    const customer = world.customer('EUR');
    const quote_id = world.id(`quote-${number}`);
    const payment_id = world.id(`quote-payment-${number}`);
    const charged = number % 3 === 0 ? '23.45' : '19.90';
    const price = (value) => ({ value, currency: 'EUR' });
    events.push(
      world.event('support.price.quoted', 3 * DAY, customer, { quote_id, price: price('19.90') }),
      world.event('support.price.charged', DAY, customer, {
        quote_id,
        payment_id,
        price: price(charged),
      }),
    );
    if (charged !== '19.90') atFault.push(customer);
  }
  return { rule: 'price-misquoted', atFault, events };
}

function recall(world) {
  const sku = world.id('heater');
  const events = [];
  const atFault = [];
  for (let number = 1; number <= 9; number += 1) {
    const lot = 'ABC'[number % 3];
    const customer = world.customer('EUR');
    if (lot === 'B') atFault.push(customer);
    events.push(
      world.event('delivery.delivered', 100 * DAY, customer, {
        order_id: world.id(`heater-order-${number}`),
        line_id: world.id(`heater-line-${number}`),
        payment_id: world.id(`heater-payment-${number}`),
        sku,
        lot,
        line_price: { value: '89.00', currency: 'EUR' },
      }),
    );
  }
  const notice = { recall_id: world.id('recall'), sku, lots: ['B'] };
  // Sent by itself, later: it looks for owners in what has been read by then.
  const last = [world.event('quality.product.recalled', MINUTE, undefined, notice)];
  return { rule: 'product-recall', atFault, events, last };
}
