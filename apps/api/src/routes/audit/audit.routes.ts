import { defineRoute, type RouteSpec } from '../../http/route';
import { READERS } from '../shared/roles';
import { auditPage, auditQuery, verifyQuery, verdictView } from './audit.schemas';

const tag = 'Audit';

export const listAudit = defineRoute({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/audit',
  tag,
  summary: 'Every change, by whom and why; append only',
  description:
    'Each entry is linked to the one before it: `hash` is SHA-256 over `prev` and all that the entry ' +
    'says. Both are null for an entry that was written this very moment. What an entry says about a ' +
    'customer goes when they are erased; the chain stays what it was.',
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

export const verifyAudit = defineRoute({
  id: 'verifyAudit',
  method: 'GET',
  path: '/v1/audit/verify',
  tag,
  summary: 'Recompute the whole chain, and hold it against every end that was handed out',
  description:
    'An end of the chain that somebody outside has kept, as they were sent it, goes into `anchor`: a chain that was ' +
    'written anew is then seen even if all else was changed with it.',
  roles: READERS,
  quota: 'rest',
  query: verifyQuery,
  answers: { 200: { description: 'What was found', schema: verdictView } },
  problems: [],
  examples: [
    { name: 'is it all there', status: 200, path: '/v1/audit/verify' },
    {
      name: 'an end that this chain never had',
      status: 200,
      path: `/v1/audit/verify?anchor=1%3Asha256%3A${'0'.repeat(64)}`,
    },
  ],
});

export const AUDIT_ROUTES: readonly RouteSpec[] = [listAudit, verifyAudit];
