import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { pageOf } from '../shared/schemas';

export const ingestQuery = z.object({
  mode: z
    .enum(['live', 'history'])
    .optional()
    .describe('`history` imports the past: stored, but no rule pays for it'),
});

export const eventQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  type: repeatable(word),
  subject: repeatable(word),
  customer_id: repeatable(word),
  source: repeatable(word),
});

export const eventView = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: z.string(),
    source: z.string(),
    type: z.string(),
    time: z.string().meta({ format: 'date-time' }),
    subject: z.string().optional(),
    customerid: z.string().optional(),
    data: z
      .unknown()
      .optional()
      .describe(
        'Of events of ours (`amends.…`) `depth` is the one of their incident: at 1 no rule sees them',
      ),
  })
  .meta({ id: 'Event', description: 'A CloudEvents 1.0 event' });

/** Items are judged one by one, so any may be wrong. */
export const eventBatch = z
  .array(z.record(z.string(), z.unknown()))
  .max(1000)
  .describe('Events as in structured mode');

export const eventData = z.unknown().describe('`data` of the event whose headers are sent');

export const rejectedView = z
  .object({
    index: z.int().describe('Its place in the batch, from 0'),
    id: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })),
  })
  .meta({ id: 'RejectedEvent' });

export const ingestView = z
  .object({
    accepted: z.int(),
    duplicates: z.int().describe('Known at the door, and so not stored again'),
    quarantined: z
      .int()
      .optional()
      .describe('Among the accepted: known with another body, and so set aside for a person'),
    rejected: z.array(rejectedView),
  })
  .meta({ id: 'IngestVerdict' });

export const eventPage = pageOf(eventView);
