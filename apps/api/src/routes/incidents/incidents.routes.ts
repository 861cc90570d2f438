import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { APPROVERS, READERS } from '../shared/roles';
import {
  dismissInput,
  incidentPage,
  incidentParams,
  incidentQuery,
  incidentView,
} from './incidents.schemas';

const tag = 'Incidents';
const answer = { description: 'The incident', schema: incidentView, hasETag: true };

export const listIncidents = defineRoute({
  id: 'listIncidents',
  method: 'GET',
  path: '/v1/incidents',
  tag,
  summary: 'Whenever a customer was let down',
  roles: READERS,
  quota: 'rest',
  query: incidentQuery,
  hasLabelFilter: true,
  answers: { 200: { description: 'A page of incidents', schema: incidentPage, isPage: true } },
  problems: [],
  examples: [
    {
      name: 'what went wrong for one customer',
      status: 200,
      path: '/v1/incidents?customer_id=c_123',
    },
    {
      name: 'paid or in review, of rules of one team',
      status: 200,
      path: '/v1/incidents?state=paid&state=review&label.team=delivery&limit=1',
    },
    { name: 'by order', status: 200, path: '/v1/incidents?rule=late-delivery&key=8812' },
    {
      name: 'the cursor of another filter',
      status: 400,
      path: '/v1/incidents?cursor=WzEsIm90aGVyIiwiMjAyNiIsImluY18xIl0',
    },
  ],
});

export const getIncident = defineRoute({
  id: 'getIncident',
  method: 'GET',
  path: '/v1/incidents/{id}',
  tag,
  summary: 'One incident, and why it was decided so',
  roles: READERS,
  quota: 'rest',
  params: incidentParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [
    { name: 'a late parcel', status: 200, path: `/v1/incidents/${EXAMPLE_IDS.paidIncident}` },
    { name: 'unknown', status: 404, path: '/v1/incidents/inc_0' },
  ],
});

export const dismissIncident = defineRoute({
  id: 'dismissIncident',
  method: 'POST',
  path: '/v1/incidents/{id}/dismiss',
  tag,
  summary: 'Nothing is owed after all: withdraw what has not moved yet',
  roles: APPROVERS,
  quota: 'rest',
  params: incidentParams,
  body: jsonBody(dismissInput),
  precondition: 'optional',
  idempotency: 'optional',
  answers: { 200: answer },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'a test order',
      status: 200,
      path: `/v1/incidents/${EXAMPLE_IDS.openIncident}/dismiss`,
      body: { reason: 'a test order of our own' },
    },
    {
      name: 'it has been paid',
      status: 409,
      path: `/v1/incidents/${EXAMPLE_IDS.paidIncident}/dismiss`,
      body: { reason: 'too late' },
    },
  ],
});

export const INCIDENT_ROUTES: readonly RouteSpec[] = [listIncidents, getIncident, dismissIncident];
