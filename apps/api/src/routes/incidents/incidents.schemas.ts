import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { instantView, moneyView, ourId, pageOf, slug, text } from '../shared/schemas';

export const INCIDENT_STATES = [
  'shadow',
  'held_out',
  'skipped',
  'review',
  'held',
  'paying',
  'paid',
  'apologised',
  'failed',
  'reversed',
  'dismissed',
  'refuted',
] as const;

export const incidentParams = z.object({ id: ourId('inc') });

export const incidentQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  rule: repeatable(slug),
  customer_id: repeatable(word),
  state: repeatable(z.enum(INCIDENT_STATES)),
  key: repeatable(word).describe('The value of the correlation key, such as an order id'),
});

export const dismissInput = z.strictObject({ reason: text() }).meta({ id: 'DismissInput' });

export const incidentView = z
  .object({
    id: z.string(),
    rule: z.object({ id: z.string(), version: z.int() }),
    customer_id: z.string(),
    key: z.record(z.string(), z.unknown()).describe('Path and value of the correlation key'),
    state: z.enum(INCIDENT_STATES),
    detected_at: instantView,
    event_time: instantView,
    closed_at: instantView.nullable(),
    refuted_at: instantView.nullable(),
    depth: z
      .int()
      .describe('1: it rests on an event of ours, and no rule sees what it pays or says; else 0'),
    facts: z.record(z.string(), z.unknown()),
    amount: moneyView.nullable(),
    evidence: z.array(z.string()).describe('`source|id` of the events it rests on'),
    compensation_ids: z.array(z.string()),
    why: z.array(z.record(z.string(), z.unknown())).describe('The decision, line by line'),
  })
  .meta({ id: 'Incident' });

export const incidentPage = pageOf(incidentView);
