import { defineRoute, type RouteSpec } from '../../http/route';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { APPROVERS, READERS } from '../shared/roles';
import { jobParams, jobView } from './jobs.schemas';

const tag = 'Jobs';

export const getJob = defineRoute({
  id: 'getJob',
  method: 'GET',
  path: '/v1/jobs/{id}',
  tag,
  summary: 'How far work is that goes on after its request was answered',
  roles: READERS,
  quota: 'rest',
  params: jobParams,
  answers: { 200: { description: 'The job', schema: jobView, hasETag: true } },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: `/v1/jobs/${EXAMPLE_IDS.job}` }],
});

export const cancelJob = defineRoute({
  id: 'cancelJob',
  method: 'DELETE',
  path: '/v1/jobs/{id}',
  tag,
  summary: 'End it before it is through',
  description:
    'What it has done stays done; once answered, it does nothing more. What a released hold still ' +
    'held goes on being held: release it again to say what becomes of that.',
  roles: APPROVERS,
  quota: 'rest',
  params: jobParams,
  answers: { 204: { description: 'Ended' } },
  problems: ['not_found', 'conflict'],
  examples: [{ name: 'stop', status: 204, path: `/v1/jobs/${EXAMPLE_IDS.job}` }],
});

export const JOB_ROUTES: readonly RouteSpec[] = [getJob, cancelJob];
