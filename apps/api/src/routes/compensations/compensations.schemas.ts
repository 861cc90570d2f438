import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import {
  customerId,
  instantView,
  moneyView,
  ourId,
  pageOf,
  positiveMoneyInput,
  slug,
  text,
} from '../shared/schemas';

const KINDS = ['refund', 'credit', 'voucher', 'replacement'] as const;

/** The states of the contract; each stands for one or several of ours. */
export const COMPENSATION_STATES = [
  'paying',
  'review',
  'held',
  'unknown',
  'paid',
  'failed',
  'rejected',
  'reversed',
] as const;

export const compensationParams = z.object({ id: ourId('cmp') });

export const compensationQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  rule: repeatable(slug),
  customer_id: repeatable(word),
  incident_id: repeatable(word),
  order_id: repeatable(word),
  key: repeatable(word).describe('The value of the correlation key, such as an order id'),
  state: repeatable(z.enum(COMPENSATION_STATES)),
  as: repeatable(z.enum(KINDS)),
});

export const compensationInput = z
  .strictObject({
    customer_id: customerId,
    as: z.enum(KINDS),
    amount: positiveMoneyInput,
    reason: text(),
    order_id: text(256).nullish(),
    payment: text(256).nullish().describe('The payment that a refund goes back to'),
    template: slug.nullish().describe('What the customer is told; nothing unless given'),
    incident_id: ourId('inc').nullish().describe('The incident that it makes good'),
    differs_because: text()
      .nullish()
      .describe('Why it is another sum than the rule of that incident says'),
  })
  .meta({ id: 'CompensationInput' });

export const reverseInput = z.strictObject({ reason: text() }).meta({ id: 'ReverseInput' });

export const compensationView = z
  .object({
    id: z.string(),
    incident_id: z.string().nullable(),
    unit: z.int().describe('Which accrual unit it is for; 0: the incident as a whole'),
    customer_id: z.string(),
    rule: z.object({ id: z.string(), version: z.int() }).nullable(),
    as: z.enum(KINDS),
    amount: moneyView,
    state: z.enum(COMPENSATION_STATES),
    reason: z.string().nullable(),
    order_id: z.string().nullable(),
    payment: z.string().nullable(),
    template: z.string().nullable(),
    approval_id: z
      .string()
      .nullable()
      .describe('What a person was asked about it last: whether it is paid, or taken back'),
    held_by: z.string().nullable().describe('The hold that it waits for'),
    provider: z.string().nullable(),
    provider_ref: z.string().nullable(),
    arrives: z.string().nullable(),
    voucher_code: z.string().nullable(),
    failure: z.string().nullable(),
    created_by: z.string(),
    created_at: instantView,
    paid_at: instantView.nullable(),
    attempts: z
      .array(z.looseObject({ kind: z.enum(['payout', 'message']), state: z.string() }))
      .describe('Payouts, then messages, each in their order'),
  })
  .meta({ id: 'Compensation' });

export const newCompensationView = compensationView
  .extend({
    rule_says: z
      .object({ incident_id: z.string(), rule: z.string(), amount: moneyView })
      .nullable()
      .describe('What a rule says about the same case; null: none knows it'),
  })
  .meta({ id: 'NewCompensation' });

export const compensationPage = pageOf(compensationView);
