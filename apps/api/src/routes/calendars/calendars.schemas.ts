import { readDay } from '@amends/domain';
import { z } from 'zod';
import { idPrefixQuery, pageQuery } from '../../http/parameters';
import { timeZone } from '../settings/settings.schemas';
import { readOnly } from '../shared/read-only';
import { instantView, pageOf, slug, text } from '../shared/schemas';

export const calendarParams = z.object({ id: slug });
export const calendarQuery = z.object({ ...pageQuery, ...idPrefixQuery });

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .meta({ example: '2026-12-25' })
  .superRefine((value, context) => {
    if (readDay(value) !== undefined) return;
    context.addIssue({ code: 'custom', params: { code: 'no_such_day' } });
  });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/);

const shape = {
  title: text(200).optional(),
  time_zone: timeZone,
  working_days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('ISO weekdays, 1 = Monday'),
  holidays: z.array(day).max(10_000),
  hours: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .optional()
    .describe('Without hours days are whole'),
  makeup_working_days: z.array(day).max(10_000).optional().describe('For reference only'),
  source: text().optional().describe('Where the dates come from'),
  years: z.array(z.int().min(1900).max(2200)).max(200).optional().describe('That the dates cover'),
  note: text().optional(),
};

export const calendarInput = z
  .strictObject({
    id: slug.optional(),
    ...shape,
    ...readOnly('version', 'author', 'updated_at'),
  })
  .superRefine((calendar, context) => {
    const { hours } = calendar;
    if (hours === undefined || hours.from < hours.to) return;
    context.addIssue({
      code: 'custom',
      params: { code: 'ends_before_start' },
      path: ['hours', 'to'],
    });
  })
  .meta({ id: 'CalendarInput' });

export const calendarView = z
  .object({
    id: z.string(),
    version: z.int(),
    ...shape,
    author: z.string(),
    updated_at: instantView,
  })
  .meta({ id: 'Calendar' });

export const calendarPage = pageOf(
  z.object({
    id: z.string(),
    version: z.int(),
    title: z.string().nullable(),
    time_zone: z.string(),
    updated_at: instantView,
  }),
);
