import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { APPROVERS, READERS } from '../shared/roles';
import { rolloutInput, rolloutView, ruleParams } from './rules.schemas';

const tag = 'Rules';
const answer = { description: 'The rollout', schema: rolloutView, hasETag: true };
const first = {
  live: { version: 1, percent: 5 },
  guardrails: { max_spend_ratio: 3, max_hit_ratio: 3, max_payout_failure: 0.05 },
  note: '5 % after three days of shadow',
};

export const getRollout = defineRoute({
  id: 'getRollout',
  method: 'GET',
  path: '/v1/rules/{id}/rollout',
  tag,
  summary: 'Which versions of a rule run, and for whom',
  description: 'One that was never set is off and has the tag `"r0"`.',
  roles: READERS,
  quota: 'rest',
  params: ruleParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'never set', status: 200, path: '/v1/rules/late-lunch/rollout' }],
});

export const putRollout = defineRoute({
  id: 'putRollout',
  method: 'PUT',
  path: '/v1/rules/{id}/rollout',
  tag,
  summary: 'Set which versions of a rule run',
  description:
    'In force within a second, without a restart. `live` or `shadow` absent or null: off. What ' +
    'opened under an earlier version ends under it. 5 % of the customers are among the 20 % and ' +
    'the 100 %.',
  roles: APPROVERS,
  quota: 'rest',
  params: ruleParams,
  body: jsonBody(rolloutInput),
  precondition: 'put',
  answers: { 200: answer },
  problems: ['not_found', 'backtest_required', 'approval_required'],
  examples: [
    {
      name: 'live for 5 %',
      status: 200,
      path: '/v1/rules/late-lunch/rollout',
      headers: { 'If-Match': '"r0"' },
      body: first,
    },
    {
      name: 'stale',
      status: 412,
      path: '/v1/rules/late-lunch/rollout',
      headers: { 'If-Match': '"r0"' },
      body: first,
    },
    {
      name: 'a version that does not exist',
      status: 422,
      path: '/v1/rules/late-lunch/rollout',
      headers: { 'If-Match': '"r1"' },
      body: { ...first, shadow: { version: 9 } },
    },
  ],
});

export const ROLLOUT_ROUTES: readonly RouteSpec[] = [
  getRollout,
  putRollout,
];
