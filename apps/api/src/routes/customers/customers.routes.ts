import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody, nothing, optionalJsonBody } from '../shared/bodies';
import { EDITORS, MANAGERS, READERS } from '../shared/roles';
import {
  blockInput,
  customerExport,
  customerInput,
  customerParams,
  customerView,
  erasedView,
  eraseInput,
} from './customers.schemas';

const tag = 'Customers';
const answer = { description: 'The customer file', schema: customerView, hasETag: true };
const file = {
  email: 'li@example.com',
  name: 'Li Na',
  locale: 'zh-CN',
  time_zone: 'Asia/Shanghai',
  currency: 'CNY',
  blocked_channels: ['sms'],
  tags: ['vip'],
};

export const getCustomer = defineRoute({
  id: 'getCustomer',
  method: 'GET',
  path: '/v1/customers/{id}',
  tag,
  summary: 'The file of a customer: how to reach them, what was paid and what was said',
  description:
    'A customer who was never written down but has had an incident, a payout or a message has an ' +
    'empty file with the tag `"c0…"`.',
  roles: READERS,
  quota: 'rest',
  params: customerParams,
  answers: { 200: answer },
  problems: ['not_found', 'erased'],
  examples: [
    { name: 'a customer who was paid', status: 200, path: '/v1/customers/c_123' },
    { name: 'nobody', status: 404, path: '/v1/customers/c_nobody' },
  ],
});

export const putCustomer = defineRoute({
  id: 'putCustomer',
  method: 'PUT',
  path: '/v1/customers/{id}',
  tag,
  summary: 'Create or replace a customer file',
  description:
    '`customer.updated` events fill the file too: fields of `data` are taken over unless a newer ' +
    'event did so before.',
  roles: [...EDITORS, 'approver'],
  quota: 'rest',
  params: customerParams,
  body: jsonBody(customerInput),
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: ['erased'],
  examples: [
    {
      name: 'a new customer',
      status: 201,
      path: '/v1/customers/c_500',
      headers: { 'If-None-Match': '*' },
      body: file,
    },
    {
      name: 'without saying what is replaced',
      status: 428,
      path: '/v1/customers/c_500',
      body: file,
    },
    {
      name: 'two mistakes',
      status: 422,
      path: '/v1/customers/c_500',
      headers: { 'If-Match': '"c1"' },
      body: { ...file, e_mail: 'li@example.com', currency: 'XYZ' },
    },
  ],
});

export const blockCustomer = defineRoute({
  id: 'blockCustomer',
  method: 'PUT',
  path: '/v1/customers/{id}/block',
  tag,
  summary: 'Deny a customer automatic compensation, or allow it again',
  roles: MANAGERS,
  quota: 'rest',
  params: customerParams,
  body: jsonBody(blockInput),
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: ['erased'],
  examples: [
    {
      name: 'block',
      status: 200,
      path: '/v1/customers/c_500/block',
      headers: { 'If-Match': '"c1"' },
      body: { blocked: true, reason: 'orders and cancels forty times a day' },
    },
  ],
});

export const exportCustomer = defineRoute({
  id: 'exportCustomer',
  method: 'POST',
  path: '/v1/customers/{id}/export',
  tag,
  summary: 'All that is kept about a customer',
  description:
    'File, incidents, compensations, wallet, vouchers, messages, events and the audit about them, whole. ' +
    'Sums are in minor units. What was sent to Kafka, to providers and in mails is not kept here.',
  roles: MANAGERS,
  quota: 'rest',
  params: customerParams,
  body: optionalJsonBody(nothing),
  answers: { 200: { description: 'Everything', schema: customerExport } },
  problems: ['not_found', 'erased'],
  examples: [
    { name: 'what the customer asked for', status: 200, path: '/v1/customers/c_500/export' },
  ],
});

export const eraseCustomer = defineRoute({
  id: 'eraseCustomer',
  method: 'POST',
  path: '/v1/customers/{id}/erase',
  tag,
  summary: 'Forget a customer, for good',
  description:
    'Their file, messages, events and what people wrote about them go at once. Sums, states and times of what was ' +
    'paid stay under a pseudonym; what was not paid yet is withdrawn. From then on they answer 410, and ' +
    'events about them are not kept. 409 while money is on its way to them. 202: something began meanwhile, and the rest ' +
    'follows when it has ended; or, where `four_eyes.erasures` of the settings wants it, another Manager has to say ' +
    'yes first (`state` is `review`): nothing is erased until then, and people are told of what waits too long or ' +
    'lapses after a week. `reason` stays in the audit: it must not say who it was.',
  roles: MANAGERS,
  quota: 'rest',
  params: customerParams,
  body: optionalJsonBody(eraseInput),
  answers: {
    200: { description: 'Nothing is left', schema: erasedView },
    202: {
      description:
        'Marked, and the rest follows; or it waits for another person: `Location` is the approval',
      schema: erasedView,
      hasLocation: true,
    },
  },
  problems: ['not_found', 'erased', 'conflict'],
  examples: [
    {
      name: 'at the customer’s request',
      status: 200,
      path: '/v1/customers/c_500/erase',
      body: { reason: 'request 4711' },
    },
    { name: 'once more', status: 410, path: '/v1/customers/c_500/erase' },
  ],
});

export const CUSTOMER_ROUTES: readonly RouteSpec[] = [
  putCustomer,
  getCustomer,
  blockCustomer,
  exportCustomer,
  eraseCustomer,
];
