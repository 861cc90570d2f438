import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { instantView, moneyView, ourId, pageOf, slug } from '../shared/schemas';

const STATES = ['queued', 'held', 'sending', 'sent', 'failed'] as const;

export const messageParams = z.object({ id: ourId('msg') });

export const messageQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  customer_id: repeatable(word),
  compensation_id: repeatable(word),
  incident_id: repeatable(word),
  rule: repeatable(slug).describe('The rule of the incident that it is about'),
  key: repeatable(word).describe('The value of the correlation key, such as an order id'),
  state: repeatable(z.enum(STATES)),
  channel: repeatable(word),
});

export const messageView = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    compensation_id: z.string().nullable(),
    incident_id: z.string().nullable(),
    channel: z.string(),
    state: z.enum(STATES),
    subject: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable(),
    template: z.object({ id: z.string(), version: z.int().nullable() }),
    locale: z.string().nullable(),
    urgent: z.boolean(),
    promised: moneyView.nullable().describe('The sum that it names: it has moved'),
    attempts: z.array(z.looseObject({})),
    held_by: z.string().nullable().describe('A hold, or what it waits for'),
    not_before: instantView,
    created_at: instantView,
    sent_at: instantView.nullable(),
  })
  .meta({ id: 'Message' });

export const messagePage = pageOf(messageView);
