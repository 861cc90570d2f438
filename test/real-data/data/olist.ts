import { field, type CsvRow } from './csv';
import { inTimeOrder, type RealEvent } from './real-event';
import { readSample } from './samples';

const DAY_MS = 86_400_000;

/**
 * The sample says no zone: Brazil's local time, whose summer time came and went. One fixed offset for
 * promise and delivery alike keeps every comparison as it is in the rows.
 */
const ZONE = '-03:00';

/**
 * 23 orders have no item lines, so nobody knows their freight. An event without it pays nothing, as
 * missing data must; to see a credit for every breach they carry the smallest freight there is, which
 * the rule lifts to its minimum of 5.00 BRL.
 */
const UNKNOWN_FREIGHT_CENTAVOS = 1;

export interface OlistOrder {
  readonly orderId: string;
  /** The person: `customer_id` is made anew for every order, `customer_unique_id` is not. */
  readonly customerId: string;
  readonly freightCentavos: number;
  readonly freightKnown: boolean;
  /** Not delivered before the first instant after the promised day, local time. */
  readonly breached: boolean;
  /** When the breach happened: the first instant after the promised day, epoch ms. */
  readonly breachAtMs: number;
  /** The first answer to the survey; a score of 2 or less is a complaint. */
  readonly review: { readonly score: number; readonly answeredAtMs: number } | undefined;
  readonly events: readonly RealEvent[];
}

/** The 4,000 orders with what became known of them, each thing at its own time. */
export function olistOrders(): readonly OlistOrder[] {
  const freight = freightByOrder();
  const people = new Map(
    readSample('olist/olist_customers.csv').map((row) => [
      field(row, 'customer_id'),
      field(row, 'customer_unique_id'),
    ]),
  );
  const reviews = firstAnswers();
  return readSample('olist/olist_orders.csv').map((row) => {
    const customerId = people.get(field(row, 'customer_id'));
    if (customerId === undefined) throw new Error('an order without a customer');
    const orderId = field(row, 'order_id');
    const known = freight.get(orderId);
    const freightCentavos = known ?? UNKNOWN_FREIGHT_CENTAVOS;
    return {
      orderId,
      customerId,
      freightCentavos,
      freightKnown: known !== undefined,
      breached: isBreached(row),
      breachAtMs: Date.parse(endOfDay(field(row, 'order_estimated_delivery_date'))) + 1,
      review: readReview(reviews.get(orderId)),
      events: orderEvents(row, customerId, freightCentavos, reviews.get(orderId)),
    };
  });
}

/** All their events, in order of event time. */
export function olistEvents(orders: readonly OlistOrder[]): readonly RealEvent[] {
  return inTimeOrder(orders.flatMap((order) => order.events));
}

function orderEvents(
  row: CsvRow,
  customerId: string,
  freightCentavos: number,
  review: CsvRow | undefined,
): RealEvent[] {
  const orderId = field(row, 'order_id');
  const event = (kind: string, localTime: string, data: RealEvent['data']): RealEvent => ({
    specversion: '1.0',
    source: '/olist',
    id: `${kind}/${orderId}`,
    type: kind,
    time: instant(localTime),
    subject: `order/${orderId}`,
    customerid: customerId,
    data: { order_id: orderId, ...data },
  });

  const events = [
    event('delivery.promised', field(row, 'order_purchase_timestamp'), {
      promised_by: endOfDay(field(row, 'order_estimated_delivery_date')),
      freight: { value: (freightCentavos / 100).toFixed(2), currency: 'BRL' },
    }),
  ];
  const later: readonly (readonly [string, string])[] = [
    ['payment.approved', 'order_approved_at'],
    ['delivery.handed_over', 'order_delivered_carrier_date'],
    ['delivery.delivered', 'order_delivered_customer_date'],
  ];
  for (const [kind, column] of later) {
    const at = field(row, column);
    if (at !== '') events.push(event(kind, at, {}));
  }
  if (review !== undefined && Number(field(review, 'review_score')) <= 2) {
    const at = field(review, 'review_answer_timestamp');
    events.push(
      event('support.complaint.received', at, { score: Number(field(review, 'review_score')) }),
    );
  }
  return events;
}

function readReview(row: CsvRow | undefined): OlistOrder['review'] {
  if (row === undefined) return undefined;
  return {
    score: Number(field(row, 'review_score')),
    answeredAtMs: Date.parse(instant(field(row, 'review_answer_timestamp'))),
  };
}

function isBreached(row: CsvRow): boolean {
  const delivered = field(row, 'order_delivered_customer_date');
  const keptUntilMs = Date.parse(endOfDay(field(row, 'order_estimated_delivery_date')));
  return delivered === '' || Date.parse(instant(delivered)) > keptUntilMs;
}

/** Sums in centavos: the column has two decimals, and sums of doubles would drift. */
function freightByOrder(): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const row of readSample('olist/olist_order_items.csv')) {
    const orderId = field(row, 'order_id');
    const centavos = Math.round(Number(field(row, 'freight_value')) * 100);
    sums.set(orderId, (sums.get(orderId) ?? 0) + centavos);
  }
  return sums;
}

function firstAnswers(): ReadonlyMap<string, CsvRow> {
  const first = new Map<string, CsvRow>();
  for (const row of readSample('olist/olist_order_reviews.csv')) {
    const orderId = field(row, 'order_id');
    const earlier = first.get(orderId);
    const at = field(row, 'review_answer_timestamp');
    // `YYYY-MM-DD HH:MM:SS` sorts as text.
    if (earlier === undefined || at < field(earlier, 'review_answer_timestamp')) {
      first.set(orderId, row);
    }
  }
  return first;
}

/** `2017-10-02 10:56:33`, local, as an instant. */
function instant(localTime: string): string {
  return `${localTime.replace(' ', 'T')}${ZONE}`;
}

/** The promise is a day, stored as its first instant: it is kept until the day's last millisecond. */
function endOfDay(localMidnight: string): string {
  const lastMs = Date.parse(instant(localMidnight)) + DAY_MS - 1;
  const offsetMs = -3 * 3_600_000;
  return new Date(lastMs + offsetMs).toISOString().replace('Z', ZONE);
}
