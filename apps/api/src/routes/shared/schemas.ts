import { parseDuration, parseInstant, parseMoneyLiteral, type Money } from '@amends/domain';
import { textFault } from '@amends/contracts';
import { z } from 'zod';

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_TEXT = 2_000;

/** A text that people write; PostgreSQL must be able to keep it. Blanks alone say nothing. */
export function text(most = MAX_TEXT, least = 1) {
  return z.string().min(least).max(most).superRefine(storable).superRefine(written);
}

function written(value: string, context: z.RefinementCtx): void {
  if (value === '' || value.trim() !== '') return;
  context.addIssue({ code: 'custom', params: { code: 'blank' } });
}

function storable(value: string, context: z.RefinementCtx): void {
  if (textFault(value) === undefined) return;
  context.addIssue({ code: 'custom', params: { code: 'not_storable' } });
}

/** An id that users choose: rules, templates, budgets, calendars. */
export const slug = z.string().regex(SLUG).meta({ example: 'late-delivery' });

/** An id that we give. */
export function ourId(prefix: string) {
  return z.string().regex(new RegExp(`^${prefix}_[0-9A-Za-z]{1,40}$`));
}

/** A customer's id as the company writes it. */
export const customerId = z
  .string()
  .min(1)
  .max(256)
  .superRefine(storable)
  .meta({ example: 'c_123' });

export const moneyView = z
  .object({ value: z.string().describe('Decimal, never a float'), currency: z.string() })
  .meta({ id: 'Money', description: 'A sum and its ISO 4217 currency' });

/** Money as it is sent to us: as many decimals as the currency has, at most. */
export const moneyInput = z
  .strictObject({
    value: z
      .string()
      .max(40)
      .regex(/^-?\d{1,15}(\.\d{1,4})?$/),
    currency: z.string().regex(/^[A-Z]{3}$/),
  })
  .meta({ id: 'MoneyInput', description: 'A sum: decimal string and ISO 4217 currency in use' })
  .transform((money, context): Money => {
    const literal = parseMoneyLiteral(`${money.value} ${money.currency}`);
    if (literal.ok) return literal.money;
    const path = literal.problem === 'unknown_currency' ? 'currency' : 'value';
    context.addIssue({ code: 'custom', params: { code: literal.problem }, path: [path] });
    return z.NEVER;
  });

/** More than zero. */
export const positiveMoneyInput = moneyInput.superRefine((money, context) => {
  if (money.minor > 0n) return;
  context.addIssue({ code: 'custom', params: { code: 'not_positive' }, path: ['value'] });
});

/** An instant in a body; epoch milliseconds. */
export const instantInput = z
  .string()
  .max(64)
  .meta({ format: 'date-time' })
  .transform((value, context) => {
    const atMs = parseInstant(value);
    if (atMs !== undefined) return atMs;
    context.addIssue({ code: 'custom', params: { code: 'not_an_instant' } });
    return z.NEVER;
  });

export const duration = z
  .string()
  .max(40)
  .superRefine((value, context) => {
    if (parseDuration(value) !== undefined) return;
    context.addIssue({ code: 'custom', params: { code: 'not_a_duration' } });
  })
  .meta({ example: '7d' });

/** An instant in an answer. */
export const instantView = z.string().meta({ format: 'date-time' });

export const actorView = z
  .object({ kind: z.string(), id: z.string() })
  .meta({ id: 'Actor', description: 'Who did it' });

/** One page of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable(),
    estimated_total: z.number().optional(),
  });
}
