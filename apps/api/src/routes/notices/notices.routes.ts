import { defineRoute, type RouteSpec } from '../../http/route';
import { READERS } from '../shared/roles';
import { noticePage, noticeQuery } from './notices.schemas';

export const listNotices = defineRoute({
  id: 'listNotices',
  method: 'GET',
  path: '/v1/notices',
  tag: 'Notices',
  summary: 'What people have to know: budgets near their end, ceilings reached, holds about to end',
  description: 'Each is said once for its occasion, and has a row in the audit.',
  roles: READERS,
  quota: 'rest',
  query: noticeQuery,
  answers: { 200: { description: 'A page of notices', schema: noticePage, isPage: true } },
  problems: [],
  examples: [{ name: 'of budgets', status: 200, path: '/v1/notices?kind=budget.warning' }],
});

export const NOTICE_ROUTES: readonly RouteSpec[] = [listNotices];
