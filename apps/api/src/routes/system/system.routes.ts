import { z } from 'zod';
import { defineRoute, type RouteSpec } from '../../http/route';

const tag = 'Service';

const healthView = z
  .object({
    status: z.enum(['ok', 'degraded', 'down']),
    parts: z.record(
      z.string(),
      z.object({ status: z.enum(['ok', 'degraded', 'down']), detail: z.string().optional() }),
    ),
  })
  .meta({ id: 'Health' });

export const getLiveness = defineRoute({
  id: 'getLiveness',
  method: 'GET',
  path: '/healthz',
  tag,
  summary: 'The process is alive',
  description: 'Fails when only a new process helps: events wait, and none has been read for long.',
  roles: 'anyone',
  quota: 'none',
  answers: {
    200: { description: 'Alive', schema: healthView },
    503: { description: 'To be restarted', schema: healthView },
  },
  problems: [],
  examples: [{ name: 'alive', status: 200, path: '/healthz' }],
});

export const getReadiness = defineRoute({
  id: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  tag,
  summary: 'Database, stream, clock and lag',
  description: '`degraded` works, but a person should look: a clock held for more than 60 s.',
  roles: 'anyone',
  quota: 'none',
  answers: {
    200: { description: 'Ready, perhaps degraded', schema: healthView },
    503: { description: 'A part is down, or the process is stopping', schema: healthView },
  },
  problems: [],
  examples: [{ name: 'ready', status: 200, path: '/readyz' }],
});

export const getMetrics = defineRoute({
  id: 'getMetrics',
  method: 'GET',
  path: '/metrics',
  tag,
  summary: 'Prometheus metrics',
  description: 'Open, or behind `Authorization: Bearer <METRICS_TOKEN>` when that is set.',
  roles: 'anyone',
  quota: 'none',
  answers: { 200: { description: 'Metrics', type: 'text/plain' } },
  problems: ['unauthorized'],
  examples: [{ name: 'scrape', status: 200, path: '/metrics' }],
});

export const getOpenApi = defineRoute({
  id: 'getOpenApi',
  method: 'GET',
  path: '/openapi.json',
  tag,
  summary: 'This document',
  roles: 'anyone',
  quota: 'none',
  answers: {
    200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()), hasETag: true },
  },
  problems: [],
  examples: [{ name: 'read', status: 200, path: '/openapi.json' }],
});

export const getDocs = defineRoute({
  id: 'getDocs',
  method: 'GET',
  path: '/docs',
  tag,
  summary: 'This document for people',
  roles: 'anyone',
  quota: 'none',
  answers: { 200: { description: 'A page', type: 'text/html', hasETag: true } },
  problems: [],
  examples: [{ name: 'read', status: 200, path: '/docs' }],
});

export const getRuleSchema = defineRoute({
  id: 'getRuleSchema',
  method: 'GET',
  path: '/schemas/rule.json',
  tag,
  summary: 'JSON Schema of rule documents, for editors',
  roles: 'anyone',
  quota: 'none',
  answers: {
    200: {
      description: 'JSON Schema 2020-12',
      type: 'application/schema+json',
      hasETag: true,
    },
  },
  problems: [],
  examples: [{ name: 'read', status: 200, path: '/schemas/rule.json' }],
});

export const SYSTEM_ROUTES: readonly RouteSpec[] = [
  getLiveness,
  getReadiness,
  getMetrics,
  getOpenApi,
  getDocs,
  getRuleSchema,
];
