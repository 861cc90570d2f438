import { defineRoute, type RouteSpec } from '../../http/route';
import { nothing, optionalJsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { EDITORS, READERS } from '../shared/roles';
import {
  discardInput,
  quarantinePage,
  quarantineParams,
  quarantineQuery,
  quarantineView,
} from './quarantine.schemas';

const tag = 'Quarantine';
const answer = { description: 'The event', schema: quarantineView, hasETag: true };

export const listQuarantine = defineRoute({
  id: 'listQuarantine',
  method: 'GET',
  path: '/v1/quarantine',
  tag,
  summary: 'Events that could not be read or evaluated, with reason and payload',
  description: '`from` and `to` are about when it was set aside.',
  roles: READERS,
  quota: 'rest',
  query: quarantineQuery,
  answers: { 200: { description: 'A page of events', schema: quarantinePage, isPage: true } },
  problems: [],
  examples: [{ name: 'open', status: 200, path: '/v1/quarantine?state=open' }],
});

export const getQuarantined = defineRoute({
  id: 'getQuarantined',
  method: 'GET',
  path: '/v1/quarantine/{id}',
  tag,
  summary: 'One event that was set aside',
  roles: READERS,
  quota: 'rest',
  params: quarantineParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: `/v1/quarantine/${EXAMPLE_IDS.quarantined}` }],
});

export const replayQuarantined = defineRoute({
  id: 'replayQuarantined',
  method: 'POST',
  path: '/v1/quarantine/{id}/replay',
  tag,
  summary: 'Read it again, now that its cause is gone',
  roles: EDITORS,
  quota: 'rest',
  params: quarantineParams,
  body: optionalJsonBody(nothing),
  idempotency: 'optional',
  answers: { 202: { ...answer, description: 'It is in the stream again' } },
  problems: ['not_found', 'conflict', 'events_rejected'],
  examples: [
    {
      name: 'the rule was put right',
      status: 202,
      path: `/v1/quarantine/${EXAMPLE_IDS.quarantined}/replay`,
    },
  ],
});

export const discardQuarantined = defineRoute({
  id: 'discardQuarantined',
  method: 'POST',
  path: '/v1/quarantine/{id}/discard',
  tag,
  summary: 'Leave it out for good; it stays readable here',
  roles: EDITORS,
  quota: 'rest',
  params: quarantineParams,
  body: optionalJsonBody(discardInput),
  idempotency: 'optional',
  answers: { 200: answer },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'a test event of a supplier',
      status: 200,
      path: `/v1/quarantine/${EXAMPLE_IDS.discarded}/discard`,
      body: { reason: 'a test event of a supplier' },
    },
  ],
});

export const QUARANTINE_ROUTES: readonly RouteSpec[] = [
  listQuarantine,
  getQuarantined,
  replayQuarantined,
  discardQuarantined,
];
