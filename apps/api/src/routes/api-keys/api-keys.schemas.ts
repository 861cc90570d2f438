import { ROLES, type Role } from '@amends/application';
import { z } from 'zod';
import { repeatable, pageQuery, idPrefixQuery } from '../../http/parameters';
import { instantInput, instantView, ourId, pageOf, text } from '../shared/schemas';

const NAMES = ROLES.flatMap((role) => [role, role.charAt(0).toUpperCase() + role.slice(1)]);

/** `Viewer` as in the documentation, or `viewer` as we answer. */
const role = z.enum(NAMES).transform((name) => name.toLowerCase() as Role);

export const apiKeyParams = z.object({ id: ourId('key') });

export const apiKeyQuery = z.object({
  ...pageQuery,
  ...idPrefixQuery,
  role: repeatable(z.enum(ROLES)),
});

export const apiKeyInput = z
  .strictObject({
    name: text(100),
    role,
    expires_at: instantInput.nullish().describe('Never, unless given'),
  })
  .meta({ id: 'ApiKeyInput' });

export const apiKeyView = z
  .object({
    id: z.string(),
    prefix: z.string().describe('The public part of the key'),
    name: z.string(),
    role: z.enum(ROLES),
    state: z.enum(['active', 'expired', 'revoked']),
    created_by: z.string(),
    created_at: instantView,
    expires_at: instantView.nullable(),
    revoked_at: instantView.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const newApiKeyView = apiKeyView
  .extend({ secret: z.string().describe('The bearer token; never shown again') })
  .meta({ id: 'NewApiKey' });

export const apiKeyPage = pageOf(apiKeyView.extend({ last_used_at: instantView.nullable() }));
