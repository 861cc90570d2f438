import { olistEvents, olistOrders } from './olist';

describe('the olist sample as events', () => {
  const orders = olistOrders();

  it('has the 381 breaches, 279 late deliveries and 591 bad reviews of the ground truth', () => {
    const count = (type: string) =>
      orders.flatMap((order) => order.events).filter((event) => event.type === type).length;
    const breached = orders.filter((order) => order.breached);
    const delivered = (order: (typeof orders)[number]) =>
      order.events.some((event) => event.type === 'delivery.delivered');

    expect(orders).toHaveLength(4000);
    expect(breached).toHaveLength(381);
    expect(breached.filter(delivered)).toHaveLength(279);
    expect(orders.filter(delivered)).toHaveLength(3898);
    expect(count('support.complaint.received')).toBe(591);
  });

  it('foretells a bad review as well as the ground truth says', () => {
    const bad = orders.filter((order) => (order.review?.score ?? 5) <= 2);
    const flagged = orders.filter(
      ({ breached, breachAtMs, review }) =>
        breached && review !== undefined && breachAtMs < review.answeredAtMs,
    );
    const foretold = flagged.filter((order) => (order.review?.score ?? 5) <= 2);

    expect(flagged).toHaveLength(363);
    expect((100 * foretold.length) / flagged.length).toBeCloseTo(68.32, 2);
    expect((100 * foretold.length) / bad.length).toBeCloseTo(41.96, 2);
  });

  it('gives no person two breaches, so that no limit of the rule cuts one', () => {
    const people = orders.filter((order) => order.breached).map((order) => order.customerId);

    expect(new Set(people).size).toBe(381);
  });

  it('says 23 times that the freight is unknown, each time of a breached order', () => {
    const unknown = orders.filter((order) => !order.freightKnown);

    expect(unknown).toHaveLength(23);
    expect(unknown.every((order) => order.breached)).toBe(true);
  });

  it('tells nothing before its time: a promise knows nothing of the delivery', () => {
    const promises = olistEvents(orders).filter((event) => event.type === 'delivery.promised');

    for (const promise of promises) {
      expect(Object.keys(promise.data).sort()).toEqual(['freight', 'order_id', 'promised_by']);
    }
  });

  it('promises until the last millisecond of the day, local time', () => {
    const promise = orders[0]?.events[0];

    expect(promise?.data['promised_by']).toMatch(/T23:59:59\.999-03:00$/);
  });
});
