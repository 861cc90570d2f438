import { z } from 'zod';
import { digits, idPrefixQuery, pageQuery, repeatable } from '../../http/parameters';
import { instantView, moneyView, pageOf, slug, text } from '../shared/schemas';

const VERSION_MAX = 999_999_999;

export const ruleParams = z.object({ id: slug });
export const versionParams = z.object({ id: slug, n: digits(1, VERSION_MAX) });

export const ruleQuery = z.object({
  ...pageQuery,
  ...idPrefixQuery,
  mode: repeatable(z.enum(['live', 'shadow', 'off'])),
});

export const versionQuery = z.object({
  diff: digits(1, VERSION_MAX).optional().describe('What changed since this version'),
});

export const ruleDocument = z
  .record(z.string(), z.unknown())
  .meta({ id: 'RuleDocument', description: 'See `/schemas/rule.json`' });

const textView = z.object({ en: z.string(), zh: z.string() });

export const remarkView = z
  .object({
    pointer: z.string(),
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    position: z.object({ from: z.int(), to: z.int() }).optional(),
  })
  .meta({ id: 'RuleRemark' });

const lanes = {
  live: z.object({ version: z.int(), percent: z.int(), since: instantView }).nullable(),
  shadow: z.object({ version: z.int(), since: instantView }).nullable(),
};

const undecidable = z
  .record(z.string(), z.int())
  .describe('Evaluations that could not be made for want of data, per path');

export const ruleView = z
  .object({
    id: z.string(),
    version: z.int(),
    managed_by: z.string(),
    sentence: textView,
    tests: z.object({ passed: z.int(), failed: z.int() }),
    lints: z.array(remarkView),
    rollout: z.object(lanes),
    refuted: z.int().describe('Incidents that turned out not to have been one'),
    undecidable,
    author: z.string(),
    created_at: instantView,
    updated_at: instantView,
    document: ruleDocument,
  })
  .meta({ id: 'Rule' });

export const ruleItemView = z
  .object({
    id: z.string(),
    version: z.int(),
    title: z.string(),
    labels: z.record(z.string(), z.string()),
    managed_by: z.string(),
    sentence: textView,
    rollout: z.object(lanes),
    refuted: z.int(),
    undecidable,
    updated_at: instantView,
  })
  .meta({ id: 'RuleItem' });

export const rulePage = pageOf(ruleItemView);

export const ruleVersionView = z
  .object({
    id: z.string(),
    version: z.int(),
    document_hash: z.string(),
    author: z.string(),
    created_at: instantView,
    document: ruleDocument,
    diff: z
      .object({
        from: z.int(),
        to: z.int(),
        changes: z.array(
          z.object({
            op: z.enum(['add', 'remove', 'replace']),
            path: z.string().describe('JSON Pointer'),
            before: z.unknown().optional(),
            after: z.unknown().optional(),
          }),
        ),
      })
      .optional(),
  })
  .meta({ id: 'RuleVersion' });

export const validationView = z
  .object({
    valid: z.boolean(),
    problems: z.array(remarkView),
    lints: z.array(remarkView),
    sentence: textView.nullable(),
    tests: z
      .object({
        passed: z.int(),
        failed: z.int(),
        results: z.array(
          z.object({ name: z.string(), ok: z.boolean(), message: z.string().optional() }),
        ),
      })
      .nullable(),
    blast_radius: z
      .object({
        from: instantView,
        to: instantView,
        events_read: z.int(),
        is_complete: z.boolean().describe('False: only the newest 10,000 events were looked at'),
        incidents: z.int(),
        customers: z.int(),
        reviews: z.int(),
        money: z.array(moneyView),
      })
      .nullable()
      .describe('What it would have done in the last seven days'),
  })
  .meta({ id: 'RuleValidation' });

const ratio = z.number().positive().max(1_000_000);

export const guardrails = z.strictObject({
  max_spend_ratio: ratio.optional(),
  max_hit_ratio: ratio.optional(),
  max_payout_failure: z.number().min(0).max(1).optional(),
});

export const rolloutInput = z
  .strictObject({
    live: z
      .strictObject({
        version: z.int().min(1).max(VERSION_MAX),
        percent: z.int().min(0).max(100).optional().describe('100 unless given'),
      })
      .nullish()
      .describe('Null or absent: off'),
    shadow: z
      .strictObject({ version: z.int().min(1).max(VERSION_MAX) })
      .nullish()
      .describe('Null or absent: off'),
    guardrails: guardrails.nullish(),
    note: text().nullish(),
    override_reason: text().nullish().describe('An Admin going live without a back-test'),
  })
  .meta({ id: 'RolloutInput' });

export const rolloutView = z
  .object({
    ...lanes,
    guardrails: z
      .object({
        max_spend_ratio: z.number().optional(),
        max_hit_ratio: z.number().optional(),
        max_payout_failure: z.number().optional(),
      })
      .nullable(),
    note: z.string().nullable(),
    updated_by: z.string().nullable(),
    updated_at: instantView.nullable(),
    expected_per_day: z
      .object({ customers: z.int(), money: z.array(moneyView) })
      .nullable()
      .describe(
        'Of the part of the customers it is live for, by the days before: up to seven are played through it when it ' +
          'goes live. Null: off, or history has none of its events',
      ),
  })
  .meta({ id: 'Rollout' });
