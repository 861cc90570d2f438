import { z } from 'zod';
import { idPrefixQuery, pageQuery, repeatable, spanQuery } from '../../http/parameters';
import {
  customerId,
  instantInput,
  instantView,
  moneyView,
  ourId,
  pageOf,
  slug,
  text,
} from '../shared/schemas';

const STATES = ['activating', 'active', 'released', 'expired'] as const;
const WHAT = ['payments', 'messages'] as const;

export const holdParams = z.object({ id: ourId('hold') });

export const holdQuery = z.object({
  ...pageQuery,
  ...spanQuery,
  ...idPrefixQuery,
  state: repeatable(z.enum(STATES)),
});

const labelName = z.string().min(1).max(100);

export const holdScope = z
  .strictObject({
    all: z.literal(true).optional(),
    rule: slug.optional(),
    label: z
      .union([z.string().regex(/^[^=]{1,100}=.{0,200}$/), z.record(labelName, z.string().max(200))])
      .optional()
      .describe('`{"team":"delivery"}` or `"team=delivery"`'),
    customer: customerId.optional(),
    event_filter: z
      .record(z.string().max(500), z.unknown())
      .optional()
      .describe("Conditions on the incident's event, as in a rule's `where`"),
  })
  .superRefine((scope, context) => {
    const isEmpty =
      Object.values(scope).every((part) => part === undefined) ||
      [scope.label, scope.event_filter].some(
        (part) => typeof part === 'object' && Object.keys(part).length === 0,
      );
    if (isEmpty) context.addIssue({ code: 'custom', params: { code: 'empty_change' } });
  })
  .meta({ id: 'HoldScope', description: 'What is stopped; all that is named must fit' });

export const holdInput = z
  .strictObject({
    scope: holdScope,
    what: z.array(z.enum(WHAT)).min(1).max(2).describe('What is stopped'),
    reason: text(),
    until: instantInput.nullish().describe('It ends by itself then, and what it held is paid'),
  })
  .meta({ id: 'HoldInput' });

export const releaseInput = z
  .strictObject({
    held_items: z
      .enum(['pay', 'review', 'drop'])
      .describe('What becomes of what it held: paid, looked at by a person, or dropped'),
    note: text().nullish(),
  })
  .meta({ id: 'ReleaseInput' });

export const holdView = z
  .object({
    id: z.string(),
    state: z
      .enum(STATES)
      .describe('`activating`: something sent before it may still arrive; `active`: nothing can'),
    scope: z.record(z.string(), z.unknown()),
    what: z.array(z.enum(WHAT)),
    reason: z.string(),
    until: instantView.nullable(),
    effective_at: instantView.nullable(),
    created_by: z.string(),
    created_at: instantView,
    released_by: z.string().nullable(),
    released_at: instantView.nullable(),
    release_note: z.string().nullable(),
    held_items: z.string().nullable(),
    job: z.string().nullable().describe('What lets go what it held'),
  })
  .meta({ id: 'Hold' });

export const newHoldView = holdView
  .extend({
    affects: z
      .object({
        rules_live: z.int(),
        per_hour: z.object({ payments: z.int(), money: z.array(moneyView) }),
      })
      .describe('By what happened in the hour before'),
    warnings: z
      .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
      .describe('What the scope names and nobody knows; the hold is laid all the same'),
    in_flight: z
      .array(z.object({ compensation_id: z.string(), key: z.string() }))
      .describe('Sent before, with an answer still to come'),
  })
  .meta({ id: 'NewHold' });

export const releaseView = z
  .object({
    id: z.string(),
    state: z.enum(STATES),
    job: z.string().describe('Read or end it at `/v1/jobs/{id}`'),
    items: z.int().describe('Compensations and messages that are let go, in the background'),
    money: z.array(moneyView),
  })
  .meta({ id: 'HoldRelease' });

export const holdPage = pageOf(holdView);
