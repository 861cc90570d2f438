import { z } from 'zod';
import { instantView, ourId } from '../shared/schemas';

export const jobParams = z.object({ id: ourId('job') });

export const jobView = z
  .object({
    id: z.string(),
    action: z.string().describe('`hold.release`'),
    about: z.string().describe('`hold:hold_01JB…`'),
    state: z.enum(['running', 'done', 'cancelled']),
    total: z.int().describe('Items there were when it began'),
    done: z.int(),
    note: z.string().nullable(),
    created_by: z.string(),
    created_at: instantView,
    ended_at: instantView.nullable(),
    cancelled_by: z.string().nullable(),
  })
  .meta({ id: 'Job' });
