import { ROLES } from '@amends/application';
import { z } from 'zod';
import { actorView, instantView } from '../shared/schemas';

export const sessionView = z
  .object({
    actor: actorView,
    role: z.enum(ROLES),
    csrf_token: z.string().describe('For the header `X-CSRF-Token` of every change'),
    expires_at: instantView,
  })
  .meta({ id: 'Session' });
