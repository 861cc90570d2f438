import { defineRoute, type RouteSpec } from '../../http/route';
import { READERS } from '../shared/roles';
import { auditPage, auditQuery } from './audit.schemas';

export const listAudit = defineRoute({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/audit',
  tag: 'Audit',
  summary: 'Every change, by whom and why; append only',
  roles: READERS,
  quota: 'rest',
  query: auditQuery,
  answers: { 200: { description: 'A page of changes', schema: auditPage, isPage: true } },
  problems: [],
  examples: [
    {
      name: 'what happened to one rule',
      status: 200,
      path: '/v1/audit?object=rule%3Alate-delivery&from=2026-03-01T00%3A00%3A00Z',
    },
  ],
});

export const AUDIT_ROUTES: readonly RouteSpec[] = [listAudit];
