import { z } from 'zod';
import { readOnly } from '../shared/read-only';
import { instantView, moneyView, positiveMoneyInput, slug, text } from '../shared/schemas';

export const budgetParams = z.object({ id: slug });

const share = z.number().gt(0).max(1);
const common = {
  period: z.enum(['day', 'month', 'ever']).describe('By UTC'),
  on_exhausted: z.enum(['review', 'skip']),
};

export const budgetInput = z
  .strictObject({
    id: slug.optional(),
    brand: text(100)
      .nullable()
      .optional()
      .describe('Spent by its payouts alone, and instead of that of the account; never changes'),
    period: common.period,
    limit: positiveMoneyInput,
    warn_at: z.array(share).max(10).optional().describe('Shares of the limit: 0.8 and 0.95'),
    on_exhausted: common.on_exhausted.optional().describe('`review` unless given'),
    ...readOnly('spent', 'reserved', 'forecast', 'runs_out_at', 'rules'),
  })
  .meta({ id: 'BudgetInput' });

export const budgetView = z
  .object({
    id: z.string(),
    brand: z.string().nullable().describe('Null: of all brands without one of their own'),
    ...common,
    limit: moneyView,
    spent: moneyView,
    reserved: moneyView,
    forecast: moneyView.nullable().describe('At the end of the period, if it goes on like this'),
    runs_out_at: instantView.nullable(),
    warn_at: z.array(z.number()),
    rules: z.array(z.string()).describe('Live rules that pay in its currency'),
  })
  .meta({ id: 'Budget' });
