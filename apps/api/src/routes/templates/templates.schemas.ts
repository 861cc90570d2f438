import { z } from 'zod';
import { idPrefixQuery, pageQuery } from '../../http/parameters';
import { locale } from '../settings/settings.schemas';
import { readOnly } from '../shared/read-only';
import { instantView, ourId, pageOf, slug } from '../shared/schemas';

export const templateParams = z.object({ id: slug });
export const templateQuery = z.object({ ...pageQuery, ...idPrefixQuery });

const part = z.string().min(1).max(20_000);

export const templateShape = {
  kind: z.literal('Template').optional(),
  title: z.string().max(200).optional(),
  locales: z
    .record(
      z.string(),
      z.object({
        email: z.object({ subject: part, text: part, html: part.optional() }).optional(),
        sms: z.object({ text: part }).optional(),
      }),
    )
    .describe('By language tag; Liquid, strict: an unknown variable is refused'),
};

/** For the documentation; the channels library judges, and names every mistake. */
export const templateInput = z
  .object({
    id: slug.optional(),
    ...templateShape,
    ...readOnly('version', 'author', 'updated_at'),
  })
  .meta({ id: 'TemplateInput' });

export const templateView = z
  .object({
    id: z.string(),
    version: z.int(),
    ...templateShape,
    author: z.string(),
    updated_at: instantView,
  })
  .meta({ id: 'Template' });

export const templatePage = pageOf(
  z.object({
    id: z.string(),
    version: z.int(),
    title: z.string().nullable(),
    locales: z.array(z.string()),
    updated_at: instantView,
  }),
);

export const previewInput = z
  .strictObject({
    locale: locale.optional(),
    channel: z.enum(['email', 'sms']),
    incident_id: ourId('inc').nullish().describe('A made-up case unless given'),
  })
  .meta({ id: 'PreviewInput' });

export const previewView = z
  .object({
    locale: z.string().nullable().describe('The language that was chosen'),
    subject: z.string().nullable(),
    text: z.string().nullable(),
    html: z.string().nullable(),
    segments: z.int().nullable().describe('SMS: how many it takes'),
    missing_variables: z.array(z.string()).describe('Used, and not there in this case'),
    reason: z.string().nullable().describe('Why it could not be made; null when it could'),
  })
  .meta({ id: 'Preview' });
