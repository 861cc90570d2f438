/** The rule that the examples of the documentation are about. */
export const EXAMPLE_RULE = {
  kind: 'Rule',
  id: 'late-lunch',
  title: 'Lunch later than promised',
  labels: { team: 'delivery' },
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_at)' },
    where: { late: { gte: 10 }, 'data.cause': { not_in: ['customer_absent'] } },
  },
  pay: {
    as: 'credit',
    amount: {
      bands: 'late',
      steps: [
        { from: 10, pay: '4.00 CNY' },
        { from: 30, pay: '13.00 CNY' },
      ],
    },
    approve_over: '13.00 CNY',
  },
  limits: [{ total: '40.00 CNY', per: 'customer', over: '30d', then: 'trim' }],
  message: { template: 'late-lunch', channels: ['email'] },
  tests: [
    {
      name: 'half an hour late',
      events: [
        {
          at: '0h',
          type: 'delivery.delivered',
          customerid: 'c1',
          data: {
            order_id: 'o1',
            promised_at: '2026-03-01T04:00:00Z',
            delivered_at: '2026-03-01T04:34:00Z',
            cause: 'courier',
          },
        },
      ],
      until: '1h',
      expect: [{ customer: 'c1', pay: '13.00 CNY' }],
    },
  ],
};
