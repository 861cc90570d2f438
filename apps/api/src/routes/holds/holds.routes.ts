import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { AGENTS, APPROVERS, READERS } from '../shared/roles';
import {
  holdInput,
  holdPage,
  holdParams,
  holdQuery,
  holdView,
  newHoldView,
  releaseInput,
  releaseView,
} from './holds.schemas';

const tag = 'Holds';

export const createHold = defineRoute({
  id: 'createHold',
  method: 'POST',
  path: '/v1/holds',
  tag,
  summary: 'Stop payments, messages or both: the kill switch',
  description:
    'Answered `active`, nothing new leaves. It waits up to 2 s for what is under way, and says ' +
    '`activating` if that did not end; read it again until it is `active`. Has a quota of its own and needs ' +
    'no precondition: stopping must never fail.',
  roles: AGENTS,
  quota: 'hold',
  body: jsonBody(holdInput),
  idempotency: 'optional',
  answers: {
    201: { description: 'The hold', schema: newHoldView, hasETag: true, hasLocation: true },
  },
  problems: [],
  examples: [
    {
      name: 'everything',
      status: 201,
      path: '/v1/holds',
      body: {
        scope: { all: true },
        what: ['payments', 'messages'],
        reason: 'wrong promised_at since 11:50',
        until: null,
      },
    },
    {
      name: 'one warehouse',
      status: 201,
      path: '/v1/holds',
      body: {
        scope: { event_filter: { 'data.warehouse': 'sh-3' } },
        what: ['payments'],
        reason: 'its clock is an hour fast',
      },
    },
    {
      name: 'a misspelt scope stops nothing silently',
      status: 422,
      path: '/v1/holds',
      body: { scope: { al: true }, what: ['payments'], reason: 'stop' },
    },
  ],
});

export const listHolds = defineRoute({
  id: 'listHolds',
  method: 'GET',
  path: '/v1/holds',
  tag,
  summary: 'Holds, present and past',
  description: '`from` and `to` are about when it was made.',
  roles: READERS,
  quota: 'hold',
  query: holdQuery,
  answers: { 200: { description: 'A page of holds', schema: holdPage, isPage: true } },
  problems: [],
  examples: [{ name: 'in force', status: 200, path: '/v1/holds?state=active&state=activating' }],
});

export const getHold = defineRoute({
  id: 'getHold',
  method: 'GET',
  path: '/v1/holds/{id}',
  tag,
  summary: 'One hold',
  roles: READERS,
  quota: 'hold',
  params: holdParams,
  answers: { 200: { description: 'The hold', schema: holdView, hasETag: true } },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: `/v1/holds/${EXAMPLE_IDS.hold}` }],
});

export const releaseHold = defineRoute({
  id: 'releaseHold',
  method: 'POST',
  path: '/v1/holds/{id}/release',
  tag,
  summary: 'Lift a hold, and say what becomes of what it held',
  roles: APPROVERS,
  quota: 'hold',
  params: holdParams,
  body: jsonBody(releaseInput),
  precondition: 'optional',
  idempotency: 'optional',
  answers: {
    202: { description: 'Lifted; what it held is let go in the background', schema: releaseView },
  },
  problems: ['not_found', 'conflict', 'approval_required'],
  examples: [
    {
      name: 'a person looks at each',
      status: 202,
      path: `/v1/holds/${EXAMPLE_IDS.hold}/release`,
      body: { held_items: 'review', note: 'feed fixed' },
    },
  ],
});

export const HOLD_ROUTES: readonly RouteSpec[] = [createHold, listHolds, getHold, releaseHold];
