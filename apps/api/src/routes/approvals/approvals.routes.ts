import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody, optionalJsonBody } from '../shared/bodies';
import { EXAMPLE_IDS } from '../shared/example-ids';
import { APPROVERS, READERS } from '../shared/roles';
import {
  approvalPage,
  approvalParams,
  approvalQuery,
  approvalView,
  approveInput,
  rejectInput,
} from './approvals.schemas';

const tag = 'Approvals';
const answer = { description: 'The approval', schema: approvalView, hasETag: true };

export const listApprovals = defineRoute({
  id: 'listApprovals',
  method: 'GET',
  path: '/v1/approvals',
  tag,
  summary: 'What waits for a person, and what was decided',
  description: '`from` and `to` are about when it was asked for.',
  roles: READERS,
  quota: 'rest',
  query: approvalQuery,
  hasLabelFilter: true,
  answers: { 200: { description: 'A page of approvals', schema: approvalPage, isPage: true } },
  problems: [],
  examples: [
    { name: 'open, oldest first', status: 200, path: '/v1/approvals?state=open&order=asc' },
  ],
});

export const getApproval = defineRoute({
  id: 'getApproval',
  method: 'GET',
  path: '/v1/approvals/{id}',
  tag,
  summary: 'One approval',
  roles: READERS,
  quota: 'rest',
  params: approvalParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'open', status: 200, path: `/v1/approvals/${EXAMPLE_IDS.approval}` }],
});

export const approve = defineRoute({
  id: 'approve',
  method: 'POST',
  path: '/v1/approvals/{id}/approve',
  tag,
  summary: 'Pay it: all of it, or less; or let the apology go',
  description:
    'Nobody approves what they proposed themselves. Over `second_approver_over` of the settings two ' +
    'people have to: after the first it is still `open`, with another tag, and `first_approved_amount` is the ' +
    'most that the second may let go. Of a change: whoever asked sends it again. ' +
    'Of a reversal: it is taken back. Of an erasure, for Managers: the customer is forgotten. ' +
    'Where the rule could name no sum the yes names it, in `amount`.',
  roles: APPROVERS,
  quota: 'rest',
  params: approvalParams,
  body: optionalJsonBody(approveInput),
  precondition: 'match',
  idempotency: 'required',
  answers: { 200: answer },
  problems: ['not_found', 'self_approval', 'already_decided', 'conflict'],
  examples: [
    {
      name: 'a lower sum',
      status: 200,
      path: `/v1/approvals/${EXAMPLE_IDS.approval}/approve`,
      headers: { 'If-Match': '"a1"', 'Idempotency-Key': '91c2' },
      body: { note: 'photo checked', amount: { value: '15.00', currency: 'CNY' } },
    },
    {
      name: 'decided already',
      status: 409,
      path: `/v1/approvals/${EXAMPLE_IDS.approval}/approve`,
      headers: { 'If-Match': '*', 'Idempotency-Key': '91c3' },
    },
    {
      name: "one's own proposal",
      status: 403,
      path: `/v1/approvals/${EXAMPLE_IDS.ownApproval}/approve`,
      headers: { 'If-Match': '"a1"', 'Idempotency-Key': '91c4' },
    },
  ],
});

export const reject = defineRoute({
  id: 'reject',
  method: 'POST',
  path: '/v1/approvals/{id}/reject',
  tag,
  summary: 'Do not pay it; limits and budget are free again',
  description:
    'Only a Manager denies a customer, also being forgotten; of a change or a reversal, any Approver but who asked.',
  roles: APPROVERS,
  quota: 'rest',
  params: approvalParams,
  body: jsonBody(rejectInput),
  precondition: 'optional',
  idempotency: 'optional',
  answers: { 200: answer },
  problems: ['not_found', 'self_approval', 'already_decided', 'conflict'],
  examples: [
    {
      name: 'the photo shows another parcel',
      status: 200,
      path: `/v1/approvals/${EXAMPLE_IDS.rejectApproval}/reject`,
      headers: { 'If-Match': '"a1"' },
      body: { note: 'the photo shows another parcel' },
    },
  ],
});

export const APPROVAL_ROUTES: readonly RouteSpec[] = [listApprovals, getApproval, approve, reject];
