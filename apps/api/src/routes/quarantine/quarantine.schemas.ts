import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { instantView, ourId, pageOf, text } from '../shared/schemas';

const STATES = ['open', 'replayed', 'discarded'] as const;

export const quarantineParams = z.object({ id: ourId('qua') });

export const quarantineQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  state: repeatable(z.enum(STATES)),
  reason: repeatable(word),
  rule: repeatable(word).describe('The rule that could not be evaluated'),
  type: repeatable(word),
  customer_id: repeatable(word),
  topic: repeatable(word),
});

export const discardInput = z
  .strictObject({ reason: text().nullish() })
  .meta({ id: 'DiscardInput' });

export const quarantineView = z
  .object({
    id: z.string(),
    state: z.enum(STATES),
    reason: z.string(),
    detail: z.string(),
    rule: z.string().nullable().describe('Null: the event itself could not be read'),
    topic: z.string(),
    partition: z.int(),
    offset: z.string(),
    event: z.object({
      source: z.string().nullable(),
      id: z.string().nullable(),
      type: z.string().nullable(),
    }),
    customer_id: z.string().nullable(),
    payload: z.string().nullable().describe('As it came, where it is text'),
    payload_base64: z.string().nullable().describe('As it came, where it is not'),
    created_at: instantView,
    resolved_at: instantView.nullable(),
    resolved_by: z.string().nullable(),
  })
  .meta({ id: 'QuarantinedEvent' });

export const quarantinePage = pageOf(quarantineView);
