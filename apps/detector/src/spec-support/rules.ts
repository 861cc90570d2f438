import type { RuleDocument } from '@amends/domain';

const NOTHING = { as: 'nothing' } as const;

/** One incident for every order delivered ten minutes late or more. */
export const LATE: RuleDocument = {
  kind: 'Rule',
  id: 'late',
  title: 'Delivered late',
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_at)' },
    where: { late: { gte: 10 } },
  },
  pay: NOTHING,
};

/** One incident for every promise without a delivery in time. */
export const PROMISE: RuleDocument = {
  kind: 'Rule',
  id: 'promise',
  title: 'Promise forgotten',
  detect: {
    type: 'deadline',
    start: 'delivery.promised',
    expect: 'delivery.delivered',
    cancel: 'delivery.cancelled',
    by: 'data.order_id',
    due: 'data.promised_at',
    allow_late: '0s',
  },
  pay: NOTHING,
};

/** Three failures within an hour. */
export const FAILURES: RuleDocument = {
  kind: 'Rule',
  id: 'failures',
  title: 'Three failures',
  detect: {
    type: 'window',
    event: 'quality.failed',
    by: 'customerid',
    over: '1h',
    measure: 'count',
    is: { gte: 3 },
  },
  pay: NOTHING,
};
