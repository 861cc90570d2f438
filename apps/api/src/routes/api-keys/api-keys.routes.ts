import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { ADMINS } from '../shared/roles';
import {
  apiKeyInput,
  apiKeyPage,
  apiKeyParams,
  apiKeyQuery,
  apiKeyView,
  newApiKeyView,
} from './api-keys.schemas';

const tag = 'API keys';

export const listApiKeys = defineRoute({
  id: 'listApiKeys',
  method: 'GET',
  path: '/v1/api-keys',
  tag,
  summary: 'Keys, without their secrets',
  roles: ADMINS,
  quota: 'rest',
  query: apiKeyQuery,
  answers: { 200: { description: 'A page of keys', schema: apiKeyPage, isPage: true } },
  problems: [],
  examples: [
    { name: 'first page', status: 200, path: '/v1/api-keys?limit=1' },
    { name: 'keys of machines', status: 200, path: '/v1/api-keys?role=ingest&role=viewer' },
    { name: 'a misspelt filter', status: 400, path: '/v1/api-keys?rolle=ingest' },
  ],
});

export const getApiKey = defineRoute({
  id: 'getApiKey',
  method: 'GET',
  path: '/v1/api-keys/{id}',
  tag,
  summary: 'One key, without its secret',
  roles: ADMINS,
  quota: 'rest',
  params: apiKeyParams,
  answers: { 200: { description: 'The key', schema: apiKeyView, hasETag: true } },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: `/v1/api-keys/${EXAMPLE_IDS.key}` }],
});

export const createApiKey = defineRoute({
  id: 'createApiKey',
  method: 'POST',
  path: '/v1/api-keys',
  tag,
  summary: 'Make a key; its secret is shown once',
  description:
    'Takes no `Idempotency-Key`: a kept answer would keep the secret. If the answer is lost, ' +
    'revoke the key and make another.',
  roles: ADMINS,
  quota: 'rest',
  body: jsonBody(apiKeyInput),
  answers: {
    201: { description: 'The key and its secret', schema: newApiKeyView, hasLocation: true },
  },
  problems: [],
  examples: [
    {
      name: 'a key for a shop that sends events',
      status: 201,
      path: '/v1/api-keys',
      body: { name: 'web shop', role: 'Ingest', expires_at: '2036-01-01T00:00:00Z' },
    },
    {
      name: 'an unknown role',
      status: 422,
      path: '/v1/api-keys',
      body: { name: 'web shop', role: 'Owner' },
    },
  ],
});

export const revokeApiKey = defineRoute({
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/v1/api-keys/{id}',
  tag,
  summary: 'Revoke a key',
  description: 'In force at once here, and within a second in other processes.',
  roles: ADMINS,
  quota: 'rest',
  params: apiKeyParams,
  answers: { 204: { description: 'Revoked, now or before' } },
  problems: ['not_found', 'last_admin_key'],
  examples: [{ name: 'revoke', status: 204, path: `/v1/api-keys/${EXAMPLE_IDS.key}` }],
});

export const API_KEY_ROUTES: readonly RouteSpec[] = [
  createApiKey,
  listApiKeys,
  getApiKey,
  revokeApiKey,
];
