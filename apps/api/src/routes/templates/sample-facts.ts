import type { MessageFacts } from '@amends/application';

/** A case to look at a template with before there is one. */
export function sampleFacts(locale: string | null): MessageFacts {
  return {
    customer: { id: 'c_123', name: 'Li Na', locale, timeZone: 'Asia/Shanghai' },
    payout: {
      money: { minor: 1300n, currency: 'CNY' },
      kind: 'credit',
      arrives: null,
      voucher: { code: 'SORRY-2JX4', expiresAtMs: Date.UTC(2030, 0, 31) },
    },
    orderId: '8812',
    incident: {
      id: 'inc_sample',
      atMs: Date.UTC(2026, 2, 1, 4, 34),
      event: {
        specversion: '1.0',
        id: 'd-9001',
        source: '/logistics/sh',
        type: 'delivery.delivered',
        time: '2026-03-01T12:34:10+08:00',
        subject: 'order/8812',
        customerid: 'c_123',
        data: { order_id: '8812' },
      },
      facts: {},
    },
    ruleTitle: 'Parcel later than promised',
    brand: { senderName: 'Customer care', locale: 'en', timeZone: 'UTC' },
  };
}
