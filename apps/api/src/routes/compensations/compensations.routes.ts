import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody, nothing, optionalJsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { AGENTS, APPROVERS, READERS } from '../shared/roles';
import {
  compensationInput,
  compensationPage,
  compensationParams,
  compensationQuery,
  compensationView,
  newCompensationView,
  reverseInput,
} from './compensations.schemas';

const tag = 'Compensations';
const answer = { description: 'The compensation', schema: compensationView, hasETag: true };
const goodwill = {
  customer_id: 'c_123',
  as: 'credit',
  amount: { value: '20.00', currency: 'CNY' },
  reason: 'spoiled food',
  order_id: '8812',
};

export const listCompensations = defineRoute({
  id: 'listCompensations',
  method: 'GET',
  path: '/v1/compensations',
  tag,
  summary: 'What was given, or is on its way',
  description: '`from` and `to` are about the time of the incident.',
  roles: READERS,
  quota: 'rest',
  query: compensationQuery,
  hasLabelFilter: true,
  answers: {
    200: { description: 'A page of compensations', schema: compensationPage, isPage: true },
  },
  problems: [],
  examples: [
    { name: 'of one customer', status: 200, path: '/v1/compensations?customer_id=c_123&limit=2' },
    { name: 'that failed', status: 200, path: '/v1/compensations?state=failed' },
  ],
});

export const getCompensation = defineRoute({
  id: 'getCompensation',
  method: 'GET',
  path: '/v1/compensations/{id}',
  tag,
  summary: 'One compensation, with its payout and message attempts',
  roles: READERS,
  quota: 'rest',
  params: compensationParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [
    { name: 'paid', status: 200, path: `/v1/compensations/${EXAMPLE_IDS.paidCompensation}` },
  ],
});

export const createCompensation = defineRoute({
  id: 'createCompensation',
  method: 'POST',
  path: '/v1/compensations',
  tag,
  summary: 'Give something by hand',
  description:
    "Over the agent's own limit (`manual_limit` in the settings; Managers and Admins have none) it " +
    'waits for another person: `state` is `review`, `approval_id` names what they decide.',
  roles: AGENTS,
  quota: 'rest',
  body: jsonBody(compensationInput),
  idempotency: 'required',
  answers: { 201: { ...answer, schema: newCompensationView, hasLocation: true } },
  problems: ['conflict'],
  examples: [
    {
      name: 'goodwill',
      status: 201,
      path: '/v1/compensations',
      headers: { 'Idempotency-Key': '7d0b4a1e' },
      body: goodwill,
    },
    {
      name: 'the same request again',
      status: 201,
      path: '/v1/compensations',
      headers: { 'Idempotency-Key': '7d0b4a1e' },
      body: goodwill,
    },
    {
      name: 'another request under the same key',
      status: 422,
      path: '/v1/compensations',
      headers: { 'Idempotency-Key': '7d0b4a1e' },
      body: { ...goodwill, amount: { value: '200.00', currency: 'CNY' } },
    },
    { name: 'without a key', status: 400, path: '/v1/compensations', body: goodwill },
  ],
});

export const retryCompensation = defineRoute({
  id: 'retryCompensation',
  method: 'POST',
  path: '/v1/compensations/{id}/retry',
  tag,
  summary: 'Pay what has positively failed once more',
  roles: APPROVERS,
  quota: 'rest',
  params: compensationParams,
  body: optionalJsonBody(nothing),
  precondition: 'optional',
  idempotency: 'required',
  answers: { 200: answer },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'after a failure',
      status: 200,
      path: `/v1/compensations/${EXAMPLE_IDS.failedCompensation}/retry`,
      headers: { 'Idempotency-Key': 'retry-1' },
    },
    {
      name: 'it has been paid',
      status: 409,
      path: `/v1/compensations/${EXAMPLE_IDS.paidCompensation}/retry`,
      headers: { 'Idempotency-Key': 'retry-2' },
    },
  ],
});

export const resendCompensation = defineRoute({
  id: 'resendCompensation',
  method: 'POST',
  path: '/v1/compensations/{id}/resend',
  tag,
  summary: 'Send the message about a compensation once more',
  roles: AGENTS,
  quota: 'rest',
  params: compensationParams,
  body: optionalJsonBody(nothing),
  precondition: 'optional',
  idempotency: 'optional',
  answers: { 200: answer },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'the customer lost it',
      status: 200,
      path: `/v1/compensations/${EXAMPLE_IDS.paidCompensation}/resend`,
    },
  ],
});

export const reverseCompensation = defineRoute({
  id: 'reverseCompensation',
  method: 'POST',
  path: '/v1/compensations/{id}/reverse',
  tag,
  summary: 'Take back what was paid by mistake',
  description:
    'At once; over `second_approver_over` of the settings it waits for another person, as 202 says: ' +
    '`approval_id` names what they decide, and the compensation stays paid until then. A hold does not ' +
    'stop it.',
  roles: APPROVERS,
  quota: 'rest',
  params: compensationParams,
  body: jsonBody(reverseInput),
  precondition: 'optional',
  idempotency: 'required',
  answers: {
    200: answer,
    202: {
      ...answer,
      description: 'It waits for another person: `Location` is the approval',
      hasLocation: true,
    },
  },
  problems: ['not_found', 'conflict'],
  examples: [
    {
      name: 'paid to the wrong customer',
      status: 200,
      path: `/v1/compensations/${EXAMPLE_IDS.mistakenCompensation}/reverse`,
      headers: { 'Idempotency-Key': 'reverse-1' },
      body: { reason: 'paid to the wrong customer' },
    },
  ],
});

export const COMPENSATION_ROUTES: readonly RouteSpec[] = [
  createCompensation,
  listCompensations,
  getCompensation,
  retryCompensation,
  reverseCompensation,
  resendCompensation,
];
