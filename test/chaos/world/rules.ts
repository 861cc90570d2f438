/** What the campaign's rules owe: every way to be let down, and every way to be paid. */
const MESSAGE = { template: 'chaos', channels: ['email'] };
const OWED = { percent: 100, of: 'data.owed' };

export const TEMPLATE = {
  kind: 'Template',
  id: 'chaos',
  title: 'Chaos',
  locales: { en: { email: { subject: 'We are sorry', text: 'AMOUNT {{ amount }}\n' } } },
};

/** The last step of what may be spent in pounds, in pounds. */
export const GIFT_BUDGET = 40;
/** Payouts per desk. */
export const DESK_TIMES = 2;

export const RULES = [
  {
    kind: 'Rule',
    id: 'wait',
    title: 'A long wait on the telephone',
    detect: {
      type: 'event',
      event: 'support.call.ended',
      by: 'data.call_id',
      where: { 'data.waited_s': { gte: 600 } },
    },
    pay: { as: 'credit', amount: OWED },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'damaged',
    title: 'A parcel came damaged',
    detect: { type: 'event', event: 'quality.parcel.damaged', by: 'data.parcel_id' },
    pay: { as: 'refund', payment: 'data.payment_id', amount: OWED },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'visit',
    title: 'Nobody came',
    detect: { type: 'event', event: 'support.visit.missed', by: 'data.visit_id' },
    pay: { as: 'voucher', amount: OWED },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'promise',
    title: 'A promise forgotten',
    detect: {
      type: 'deadline',
      start: 'delivery.promised',
      expect: 'delivery.delivered',
      by: 'data.order_id',
      due: 'data.promised_by',
      allow_late: '5s',
    },
    pay: { as: 'credit', amount: OWED },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'stalls',
    title: 'Three failures in one session',
    detect: {
      type: 'window',
      event: 'quality.playback.failed',
      by: 'data.session_id',
      over: '1h',
      measure: 'count',
      is: { gte: 3 },
    },
    pay: { as: 'credit', amount: OWED },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'gift',
    title: 'Out of a small purse',
    detect: { type: 'event', event: 'support.gift.asked', by: 'data.gift_id' },
    pay: { as: 'credit', amount: { fixed: '1.00 GBP' } },
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'desk',
    title: 'A desk that fails, twice at most',
    detect: { type: 'event', event: 'support.desk.failed', by: 'data.case_id' },
    pay: { as: 'credit', amount: OWED },
    limits: [{ times: DESK_TIMES, per: 'data.desk_id', over: '1d', then: 'skip' }],
    message: MESSAGE,
  },
  {
    kind: 'Rule',
    id: 'idle',
    title: 'Never broken: switched on and off, for the others to be given out anew',
    detect: { type: 'event', event: 'support.nothing.happened', by: 'data.id' },
    pay: { as: 'nothing' },
  },
] as const;

export type RuleId = (typeof RULES)[number]['id'];
