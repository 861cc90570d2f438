import { parseInstant } from '@amends/domain';
import { z } from 'zod';

const REPEATS_MAX = 100;
const TEXT_LENGTH_MAX = 500;

/** A parameter that may stand several times, which is an OR; its values are a list. */
export function repeatable<T extends z.ZodType>(inner: T) {
  return z.array(inner).min(1).max(REPEATS_MAX).optional();
}

export function isRepeatable(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional && schema.def.innerType instanceof z.ZodArray;
}

/** A word to compare with: an id, a type, a key. */
export const word = z.string().min(1).max(TEXT_LENGTH_MAX);

/** A whole number in digits. */
export function digits(least: number, most: number) {
  return z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));
}

/** An RFC 3339 instant with its zone; epoch milliseconds. */
export const instant = z
  .string()
  .max(64)
  .meta({ format: 'date-time' })
  .transform((text, context) => {
    const atMs = parseInstant(text);
    if (atMs !== undefined) return atMs;
    context.addIssue({ code: 'custom', params: { code: 'not_an_instant' } });
    return z.NEVER;
  });

/** What every list takes. */
export const pageQuery = {
  limit: digits(1, 200).optional().describe('Rows at most; 50 unless given'),
  cursor: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('`next_cursor` of the page before, under the same filter'),
  order: z.enum(['asc', 'desc']).optional().describe('`desc`, newest first, unless given'),
  count: z
    .enum(['estimate'])
    .optional()
    .describe('Adds `estimated_total`, as the query planner sees it'),
};

/** Half-open: `from` is in, `to` is out. */
export const spanQuery = {
  from: instant.optional().describe('From this event time on'),
  to: instant.optional().describe('Before this event time'),
};

export const idPrefixQuery = {
  q: word.optional().describe('The id, or its beginning'),
};
