import { z } from 'zod';
import { minorDigits } from '@amends/domain';
import { readOnly } from '../shared/read-only';
import { customerId, instantView, moneyView, text } from '../shared/schemas';
import { locale, timeZone } from '../settings/settings.schemas';

export const customerParams = z.object({ id: customerId });

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .superRefine((code, context) => {
    if (minorDigits(code) !== undefined) return;
    context.addIssue({ code: 'custom', params: { code: 'unknown_currency' } });
  });

export const customerInput = z
  .strictObject({
    id: customerId.optional().describe('As in the path, if it is sent at all'),
    email: z.email().max(254).nullish(),
    name: text(256).nullish(),
    locale: locale.nullish(),
    time_zone: timeZone.nullish(),
    currency: currency.nullish(),
    blocked_channels: z.array(text(50)).max(50).optional().describe('Never written to by these'),
    tags: z.array(text(100)).max(100).optional(),
    blocked: z
      .boolean()
      .optional()
      .describe('As it is, if it is sent at all: `PUT …/block` sets it'),
    ...readOnly('updated_at', 'paid', 'compensations', 'messages'),
  })
  .meta({ id: 'CustomerInput', description: 'The whole file: what is left out is cleared' });

export const blockInput = z
  .strictObject({ blocked: z.boolean(), reason: text() })
  .meta({ id: 'CustomerBlockInput' });

export const customerView = z
  .object({
    id: z.string(),
    email: z.string().nullable(),
    name: z.string().nullable(),
    locale: z.string().nullable(),
    time_zone: z.string().nullable(),
    currency: z.string().nullable(),
    blocked_channels: z.array(z.string()),
    tags: z.array(z.string()),
    blocked: z.boolean().describe('No automatic compensation'),
    updated_at: instantView.nullable(),
    paid: z.array(moneyView).describe('In all, per currency'),
    compensations: z
      .array(
        z.object({
          id: z.string(),
          incident_id: z.string().nullable(),
          as: z.string(),
          amount: moneyView,
          state: z.string(),
          created_at: instantView,
        }),
      )
      .describe('The 20 newest'),
    messages: z
      .array(
        z.object({
          id: z.string(),
          compensation_id: z.string().nullable(),
          channel: z.string(),
          state: z.string(),
          subject: z.string().nullable(),
          created_at: instantView,
        }),
      )
      .describe('The 20 newest'),
  })
  .meta({ id: 'Customer' });

export const eraseInput = z
  .strictObject({ reason: text().optional().describe('Stays in the audit: not who it was') })
  .meta({ id: 'CustomerEraseInput' });

export const erasedView = z
  .object({
    pseudonym: z
      .string()
      .nullable()
      .describe('What stands where the id of the customer stood; null: they are not erased yet'),
    state: z
      .enum(['erased', 'erasing', 'review'])
      .describe('`review`: another person has to say yes first'),
    erased_at: instantView.nullable(),
    approval_id: z.string().nullable().describe('What that person decides'),
  })
  .meta({ id: 'CustomerErased' });

const rows = z.array(z.record(z.string(), z.unknown()));

export const customerExport = z
  .object({
    customer_id: z.string(),
    file: z.record(z.string(), z.unknown()).nullable(),
    incidents: rows,
    compensations: rows,
    approvals: rows,
    vouchers: rows,
    wallet: rows,
    postings: rows,
    messages: rows,
    quarantine: rows,
    events: rows,
    audit: rows,
  })
  .meta({ id: 'CustomerExport' });
