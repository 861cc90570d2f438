import { z } from 'zod';
import { pageQuery } from '../../http/parameters';
import { customerId, instantView, moneyView } from '../shared/schemas';

export const walletParams = z.object({ customer: customerId });
export const walletQuery = z.object({
  limit: pageQuery.limit,
  cursor: pageQuery.cursor,
  order: pageQuery.order,
});

export const walletView = z
  .object({
    customer_id: z.string(),
    balances: z.array(moneyView).describe('One per currency'),
    postings: z
      .array(
        z.object({
          id: z.string(),
          at: instantView,
          kind: z.enum(['settle', 'reverse']),
          amount: moneyView.describe('Negative when it was taken back'),
          compensation_id: z.string().nullable(),
        }),
      )
      .describe('Newest first'),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'Wallet' });
