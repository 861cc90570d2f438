import { z } from 'zod';
import { pageQuery, repeatable, spanQuery, word } from '../../http/parameters';
import { actorView, instantView, pageOf } from '../shared/schemas';

const HASH = /^sha256:[0-9a-f]{64}$/;
const ANCHOR = /^\d{1,18}:sha256:[0-9a-f]{64}$/;

export const auditQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  object: repeatable(word).describe('`rule:late-delivery`, `customer:c_123`, …'),
  actor: repeatable(word).describe('Id of who did it'),
  action: repeatable(word).describe('`rollout.set`, `hold.create`, …'),
  request_id: repeatable(word),
});

const link = z.string().regex(HASH);

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
      prev: link.nullable().describe('The `hash` of the entry before'),
      hash: link.nullable(),
    })
    .meta({ id: 'AuditEntry' }),
);

export const verifyQuery = z.object({
  anchor: repeatable(
    z
      .string()
      .regex(ANCHOR)
      .transform((text) => {
        const [seq = '', , hash = ''] = text.split(':');
        return { seq: BigInt(seq), hash: Buffer.from(hash, 'hex') };
      }),
  ).describe('`<seq>:<hash>`, as somebody outside has kept it'),
});

export const verdictView = z
  .object({
    valid: z.boolean().describe('No fault was found'),
    checked: z.int().describe('Entries whose links were recomputed'),
    waiting: z.int().describe('Entries written just now, not linked yet'),
    head: z.object({ seq: z.int(), hash: link }).nullable().describe('The end of the chain'),
    anchors: z.int().describe('Ends kept outside that the chain was held against'),
    fault_count: z.int(),
    faults: z
      .array(
        z.object({
          seq: z.int(),
          code: z.enum([
            'entry_changed',
            'entry_missing',
            'entry_inserted',
            'tail_missing',
            'anchor_mismatch',
          ]),
          place: z.string().optional().describe('Who kept the end: `list`, `file`, `request`'),
        }),
      )
      .describe('The first 50'),
  })
  .meta({ id: 'AuditVerdict' });
