import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import {
  instantView,
  moneyView,
  ourId,
  pageOf,
  positiveMoneyInput,
  slug,
  text,
} from '../shared/schemas';

const STATES = ['open', 'approved', 'rejected', 'void'] as const;

export const approvalParams = z.object({ id: ourId('apr') });

export const approvalQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  state: repeatable(z.enum(STATES)),
  rule: repeatable(slug),
  customer_id: repeatable(word),
  compensation_id: repeatable(word),
  incident_id: repeatable(word),
});

export const approveInput = z
  .strictObject({
    note: text().nullish(),
    amount: positiveMoneyInput
      .nullish()
      .describe(
        'Less than what is asked; the whole unless given. Required where the rule could name no sum',
      ),
  })
  .meta({ id: 'ApproveInput' });

export const rejectInput = z
  .strictObject({ note: text().describe('Why the customer gets nothing') })
  .meta({ id: 'RejectInput' });

export const approvalView = z
  .object({
    id: z.string(),
    state: z.enum(STATES),
    reason: z.string().describe('Why a person is asked'),
    amount: moneyView
      .nullable()
      .describe('null: an apology without money, or a sum that a person has to name'),
    customer_id: z.string().nullable(),
    compensation_id: z.string().nullable(),
    compensation: z.object({ id: z.string(), as: z.string(), state: z.string() }).nullable(),
    incident_id: z.string().nullable(),
    rule: z.object({ id: z.string(), version: z.int() }).nullable(),
    requested_by: z.string(),
    requested_at: instantView,
    decided_by: z.string().nullable(),
    decided_at: instantView.nullable(),
    note: z.string().nullable(),
    change: z
      .object({
        action: z.string(),
        about: z.string(),
        to: z.record(z.string(), z.unknown()).nullable(),
      })
      .nullable()
      .describe(
        'What waits for a second person, if it is no payout: a rollout, a budget, the release of a hold, ' +
          'settings; a reversal (`compensation.reverse`) or an erasure (`customer.erase`), of which `to.reason` says why',
      ),
    first_approved_by: z
      .string()
      .nullable()
      .describe('Over the second threshold: who said yes first'),
    first_approved_at: instantView.nullable(),
    first_approved_amount: moneyView
      .nullable()
      .describe(
        'To what sum: the most that the second may let go, and what is paid unless they say less',
      ),
    escalated_at: instantView.nullable().describe('When people were told that it waits'),
  })
  .meta({ id: 'Approval' });

export const approvalPage = pageOf(approvalView);
