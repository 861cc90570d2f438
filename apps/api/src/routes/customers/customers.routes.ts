import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { EDITORS, MANAGERS, READERS } from '../shared/roles';
import { blockInput, customerInput, customerParams, customerView } from './customers.schemas';

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
  problems: ['not_found'],
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
  problems: [],
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
  problems: [],
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

export const CUSTOMER_ROUTES: readonly RouteSpec[] = [putCustomer, getCustomer, blockCustomer];
