import { z } from 'zod';
import { pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { actorView, instantView, pageOf } from '../shared/schemas';

export const auditQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  object: repeatable(word).describe('`rule:late-delivery`, `customer:c_123`, …'),
  actor: repeatable(word).describe('Id of who did it'),
  action: repeatable(word).describe('`rollout.set`, `hold.create`, …'),
  request_id: repeatable(word),
});

export const auditPage = pageOf(
  z
    .object({
      seq: z.int(),
      at: instantView,
      actor: actorView,
      action: z.string(),
      object: z.string(),
      before: z.unknown(),
      after: z.unknown(),
      reason: z.string().nullable(),
      request_id: z.string().nullable(),
    })
    .meta({ id: 'AuditEntry' }),
);
