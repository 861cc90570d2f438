import { defineRoute, type RouteSpec } from '../../http/route';
import { jsonBody } from '../shared/bodies';
import { MANAGERS, READERS } from '../shared/roles';
import { budgetInput, budgetParams, budgetView } from './budgets.schemas';

const tag = 'Budgets';
const answer = { description: 'The budget', schema: budgetView, hasETag: true };
const monthly = {
  period: 'month',
  limit: { value: '200000.00', currency: 'CNY' },
  warn_at: [0.8, 0.95],
  on_exhausted: 'review',
};

export const getBudget = defineRoute({
  id: 'getBudget',
  method: 'GET',
  path: '/v1/budgets/{id}',
  tag,
  summary: 'A budget: what is spent, reserved and to be expected',
  roles: READERS,
  quota: 'rest',
  params: budgetParams,
  answers: { 200: answer },
  problems: ['not_found'],
  examples: [{ name: 'read', status: 200, path: '/v1/budgets/goodwill-eur' }],
});

export const putBudget = defineRoute({
  id: 'putBudget',
  method: 'PUT',
  path: '/v1/budgets/{id}',
  tag,
  summary: 'Create or change a budget: one per currency, of the account or of a brand',
  roles: MANAGERS,
  quota: 'rest',
  params: budgetParams,
  body: jsonBody(budgetInput),
  precondition: 'put',
  answers: { 200: answer, 201: { ...answer, hasLocation: true } },
  problems: ['already_exists', 'currency_taken', 'limit_below_spent', 'approval_required'],
  examples: [
    {
      name: 'create',
      status: 201,
      path: '/v1/budgets/delivery-cn',
      headers: { 'If-None-Match': '*' },
      body: monthly,
    },
    {
      name: 'of a brand',
      status: 201,
      path: '/v1/budgets/acme-cn',
      headers: { 'If-None-Match': '*' },
      body: { ...monthly, brand: 'acme', limit: { value: '50000.00', currency: 'CNY' } },
    },
    {
      name: 'a second one for the same currency',
      status: 409,
      path: '/v1/budgets/delivery-cn-2',
      headers: { 'If-None-Match': '*' },
      body: monthly,
    },
  ],
});

export const BUDGET_ROUTES: readonly RouteSpec[] = [putBudget, getBudget];
