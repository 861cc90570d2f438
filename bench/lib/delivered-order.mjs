/**
 * The event of an order that was delivered twenty minutes before or after the promised moment. Its id is the
 * order's: what a bench finds of the event it finds by the order.
 */
export function deliveredOrder({ orderId, customerId, atMs, isLate }) {
  const promisedMs = atMs - 60 * 60_000;
  return {
    specversion: '1.0',
    id: orderId,
    source: '/bench',
    type: 'delivery.delivered',
    time: new Date(atMs).toISOString(),
    subject: `order/${orderId}`,
    customerid: customerId,
    data: {
      order_id: orderId,
      promised_by: new Date(promisedMs).toISOString(),
      delivered_at: new Date(promisedMs + (isLate ? 20 : -20) * 60_000).toISOString(),
    },
  };
}
